import { messageOf } from '../../../core/errors.ts';
import type { CorpusFormat, Portion, ReadCable, Readout, Reject } from './format.ts';
import { readObject } from './json-rows.ts';
import { jsonFault } from './json-shape.ts';
import { textOf } from './text.ts';

/** One JSON document: a cable object, an array of them, or leakfeed's answer `{"cables": [...]}`. */
export const json: CorpusFormat = {
  scanner: null,
  begins: (head) => /^\uFEFF?\s{0,99}(?:\{\s{0,99}["}]|\[\s{0,99}[{\]])/.test(head),
  read: readDocument,
};

function readDocument({ source, bytes }: Portion): Readout {
  return readJson(bytes, source, '');
}

/** The cables of a JSON value, which stands at `position` of `source`. */
export function readJson(bytes: Uint8Array, source: string, position: string): Readout {
  const parsed = parseJson(bytes);
  if ('reason' in parsed) return { cables: [], rejects: [{ source, position, reason: parsed.reason }] };
  const cables: ReadCable[] = [];
  const rejects: Reject[] = [];
  const { values, many } = cablesIn(parsed.value);
  for (const [index, value] of values.entries()) {
    const read = readObject(value);
    const place = many ? [position, `element ${index + 1}`].filter((part) => part !== '').join(', ') : position;
    if (typeof read === 'string') rejects.push({ source, position: place, reason: read });
    else cables.push(read);
  }
  return { cables, rejects };
}

function parseJson(bytes: Uint8Array): { readonly value: unknown } | { readonly reason: string } {
  const decoded = textOf(bytes);
  if ('reason' in decoded) return decoded;
  const fault = jsonFault(bytes);
  if (fault !== undefined) return { reason: fault };
  try {
    return { value: JSON.parse(decoded.text) };
  } catch (error) {
    return { reason: `no JSON: ${messageOf(error)}` };
  }
}

function cablesIn(value: unknown): { values: readonly unknown[]; many: boolean } {
  if (Array.isArray(value)) return { values: value, many: true };
  if (typeof value === 'object' && value !== null && 'cables' in value && Array.isArray(value.cables))
    return { values: value.cables, many: true };
  return { values: [value], many: false };
}
