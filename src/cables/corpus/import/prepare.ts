import type { ReferenceId } from '../../../core/cable.ts';
import { messageOf } from '../../../core/errors.ts';
import { partsOf } from '../../ids/reference-id.ts';
import { type Fields, fieldsOf, packDocument, placesIn } from './stored-document.ts';
import type { ReadCable, Reject } from '../formats/format.ts';
import { concatenated } from '../sources/chunks.ts';
import type { Item } from '../sources.ts';
import { termBytes } from '../search/terms.ts';

/** A cable ready to be written: all expensive work is done. */
export interface PreparedCable {
  readonly id: ReferenceId;
  readonly published: string;
  readonly station: string | null;
  readonly listed: number | null;
  readonly fields: Fields;
  readonly tags: readonly string[];
  readonly cited: readonly ReferenceId[];
  /** Lengths within the item's bytes: the packed document, then the terms of each place. */
  readonly lengths: readonly number[];
}

/** An item ready to be written. All bytes are in one buffer, because one is transferred much faster than many. */
export interface PreparedItem {
  readonly cables: readonly PreparedCable[];
  readonly rejects: readonly Reject[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Packs cables and extracts their terms. */
export function prepareCables(cables: readonly ReadCable[], rejects: readonly Reject[]): PreparedItem {
  const parts: Uint8Array[] = [];
  const prepared = cables.map((read) => prepareCable(read, parts));
  return { cables: prepared, rejects, bytes: concatenated(parts) };
}

/** An item that cannot be read. */
export function rejected({ source, offset, format }: Item, error: unknown): PreparedItem {
  const reason = `cannot be read as ${format}: ${messageOf(error)}`;
  return { cables: [], rejects: [{ source, position: `byte ${offset}`, reason }], bytes: new Uint8Array(0) };
}

function prepareCable({ cable, body, number }: ReadCable, parts: Uint8Array[]): PreparedCable {
  const document = { cable, body };
  const own = [packDocument(document), ...placesIn(document).map(({ text }) => termBytes(text))];
  parts.push(...own);
  const cited = cable.references.flatMap(({ id }) => id ?? []);
  return {
    id: cable.referenceId,
    published: cable.publishedId,
    station: partsOf(cable.referenceId)?.station ?? null,
    listed: number,
    fields: fieldsOf(cable),
    tags: [...new Set(cable.tags)],
    cited: [...new Set(cited)],
    lengths: own.map(({ length }) => length),
  };
}
