import { collection } from './stream-event.ts';

/**
 * Reads events of new posts that consist of text only, perhaps as a reply, in exactly the form in which Jetstream writes them (Go sorts the
 * keys of a record). A pattern reads them in a fraction of the time that JSON.parse takes. Events in any other form are undefined here: use
 * JSON.parse.
 */

const post = RegExp.escape(collection);
const string = String.raw`"([^"\\\u0000-\u001f]*)"`;
/** Allows the most frequent escapes: a newline and a quotation mark. */
const text = String.raw`"([^"\\\u0000-\u001f]*(?:\\[n"][^"\\\u0000-\u001f]*)*)"`;
const count = String.raw`(0|[1-9]\d{0,14}|[1-8]\d{15})`;
const reference = String.raw`\{"cid":${string},"uri":${string}\}`;
const reply = String.raw`"reply":\{"parent":${reference},"root":${reference}\},`;
const record = String.raw`\{"\$type":"${post}","createdAt":${string},(?:"langs":\[${string}\],)?(?:${reply})?"text":${text}\}`;

const v1 = new RegExp(
  String.raw`^\{"did":${string},"time_us":${count},(?:"cursor":${count},)?"kind":"commit","commit":\{"rev":${string},` +
    String.raw`"operation":"create","collection":"${post}","rkey":${string},"record":${record},"cid":${string}\}\}$`,
);

const v2 = new RegExp(
  String.raw`^\{"\$type":"message","payload":\{"\$type":"network\.bsky\.jetstream\.subscribeEvents#commit","cid":${string},` +
    String.raw`"collection":"${post}","did":${string},"operation":"create","record":${record},"rev":${string},"rkey":${string},` +
    String.raw`"seq":${count},"time":${string}(?:,"witnessedAt":${string})?\}\}$`,
);

/** Only hostile posts of 300 graphemes are longer: leave them to JSON.parse. */
const longest = 20_000;

/** What JSON.parse gives of the frame. */
export function plainPostV1(frame: string): unknown {
  const found = frame.length > longest ? null : v1.exec(frame);
  if (found === null) return undefined;
  const [, did, timeUs, cursor, rev, rkey] = found;
  return {
    did,
    time_us: Number(timeUs),
    cursor: cursor === undefined ? undefined : Number(cursor),
    kind: 'commit',
    commit: { rev, operation: 'create', collection, rkey, record: recordOf(found, 6), cid: found[13] },
  };
}

/** What JSON.parse gives of the frame. */
export function plainPostV2(frame: string): unknown {
  const found = frame.length > longest ? null : v2.exec(frame);
  if (found === null) return undefined;
  const [, cid, did] = found;
  const [rev, rkey, seq, time, witnessedAt] = found.slice(10);
  return {
    $type: 'message',
    payload: {
      $type: 'network.bsky.jetstream.subscribeEvents#commit',
      cid,
      collection,
      did,
      operation: 'create',
      record: recordOf(found, 3),
      rev,
      rkey,
      seq: Number(seq),
      time,
      witnessedAt,
    },
  };
}

/** The record in the seven groups from `at` on. */
function recordOf(found: RegExpExecArray, at: number) {
  const lang = found[at + 1];
  const parent = found[at + 2];
  return {
    $type: collection,
    createdAt: found[at],
    langs: lang === undefined ? undefined : [lang],
    reply:
      parent === undefined
        ? undefined
        : { parent: { cid: parent, uri: found[at + 3] }, root: { cid: found[at + 4], uri: found[at + 5] } },
    text: unescaped(found[at + 6]!),
  };
}

function unescaped(written: string): string {
  return written.includes('\\') ? written.replaceAll('\\n', '\n').replaceAll('\\"', '"') : written;
}
