import { z } from 'zod';
import { canonicalReferenceId } from '../../ids/reference-id.ts';
import { readCopy } from '../../parse/parse-cable.ts';
import type { CableCopy } from '../../parse/raw-cable.ts';
import { bodyLines } from '../../parse/viewer-page.ts';
import type { ReadCable } from './format.ts';

const text = z.string().nullish();
const id = z.union([z.string(), z.number()]).nullish();

/**
 * A cable as an object: of leakfeed (`identifier`, `subject`, `date_sent`, `released`, `office`, `tags`), of typecode's rows
 * (`reference_id`, `date_time`, `origin`), of cablegate_semnet (`id`, `content`, `label`). Other fields are ignored.
 */
const CableObject = z.object({
  identifier: id,
  reference_id: id,
  id,
  _id: id,
  subject: text,
  label: text,
  date_sent: text,
  date_time: text,
  released: text,
  classification: text,
  origin: text,
  office: text,
  header: text,
  body: text,
  content: text,
  tags: z.union([z.array(z.string()), z.string()]).nullish(),
});
type CableObject = z.infer<typeof CableObject>;

/** Reads a parsed object into a cable, or returns a sentence why it is none. */
export function readObject(value: unknown): ReadCable | string {
  const parsed = CableObject.safeParse(value);
  if (!parsed.success) return `no cable object: ${faultOf(parsed.error)}`;
  const copy = copyOf(parsed.data);
  if (typeof copy === 'string') return copy;
  const cable = readCopy(copy, undefined);
  return typeof cable === 'string' ? cable : { cable, body: copy.body.join('\n'), number: null };
}

function faultOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue === undefined || issue.path.length === 0
    ? 'not an object'
    : `"${issue.path.map(String).join('.')}" is of a wrong type`;
}

function copyOf(cable: CableObject): CableCopy | string {
  const writtenId = idOf(cable);
  if (writtenId === undefined) return 'no cable object: it has no "identifier", "reference_id" or "id"';
  const body = cable.body ?? cable.content ?? '';
  if (body.trim() === '') return `${writtenId.slice(0, 60)} has no "body" or "content"`;
  const title = cable.subject ?? cable.label;
  return {
    writtenId,
    title: title === writtenId ? null : title?.trim() || null,
    created: cable.date_sent ?? cable.date_time ?? null,
    released: cable.released ?? null,
    classification: cable.classification?.trim() || null,
    origin: (cable.origin ?? cable.office)?.trim() || null,
    header: bodyLines(cable.header ?? '')
      .join('\n')
      .trim(),
    body: bodyLines(body.trimEnd()),
    cutShort: false,
    listed: { references: [], tags: tagsOf(cable) },
  };
}

/** Databases put their own keys into `_id` or `id`: the first value that is a cable's ID counts. */
function idOf({ identifier, reference_id, id: own, _id }: CableObject): string | undefined {
  const written = [identifier, reference_id, own, _id].flatMap((each) =>
    each === null || each === undefined ? [] : [String(each)],
  );
  return written.find((each) => canonicalReferenceId(each) !== undefined) ?? written[0];
}

function tagsOf({ tags }: CableObject): readonly string[] {
  return typeof tags === 'string' ? tags.split(';') : (tags ?? []);
}
