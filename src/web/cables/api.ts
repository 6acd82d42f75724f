import { STATUS_CODES } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Numbered, resolveText, rowsOf } from '../../cables/resolve-text.ts';
import type { Page, PageRequest } from '../page.ts';
import type { RateLimit } from '../rate-limit.ts';

/** Longest text, in UTF-16 units. */
const maxLength = 10_000;

/**
 * The door for programs: `/api/resolve` answers with the JSON lines of `resolve --json`. Each text counts as one search of its client, so a
 * request can have no more texts than searches are allowed at once.
 */
export function apiPages(limit: RateLimit): readonly Page[] {
  const open = { path: '/api/resolve', audience: 'anyone', cacheable: true, crossOrigin: true } as const;
  const answer = answerWith(limit);
  return [
    {
      ...open,
      method: 'GET',
      handle: (request) => {
        const texts = request.url.searchParams.getAll('text');
        if (texts.length === 0) return problem(400, 'Add the text: /api/resolve?text=07ASTANA2244');
        return answer(request, texts, 414);
      },
    },
    {
      ...open,
      method: 'POST',
      body: 'text',
      handle: async (request) => {
        const type = request.c.req.header('content-type') ?? '';
        if (!/^text\/plain\s*(?:;\s*charset="?utf-?8"?\s*)?$/i.test(type))
          return problem(
            415,
            'Send one text a line, in UTF-8, as text/plain: curl -H "Content-Type: text/plain" --data-binary @FILE',
          );
        return answer(request, linesIn(Buffer.from(await request.c.req.arrayBuffer())), 413);
      },
    },
  ];
}

/** True for the addresses whose errors are for programs. */
export function isApi(path: string): boolean {
  return path.startsWith('/api/');
}

/** An error as RFC 9457 has it. It repeats nothing of the request. */
export function problem(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Response {
  const body = `${JSON.stringify({ title: STATUS_CODES[status], status, detail })}\n`;
  return new Response(body, { status, headers: { 'Content-Type': 'application/problem+json', ...headers } });
}

/** The same lines as of a command's standard input: invalid UTF-8 becomes U+FFFD, and the last line break ends the last line. */
function linesIn(body: Buffer): string[] {
  const lines = body.toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\r$/, ''));
}

function answerWith(limit: RateLimit) {
  return async (request: PageRequest, inputs: readonly string[], tooLong: 413 | 414): Promise<Response> => {
    const texts = inputs.map((input, index) => ({ input, line: index + 1 }));
    const long = texts.find(({ input }) => input.length > maxLength);
    if (long !== undefined)
      return problem(tooLong, `Text ${long.line} has ${long.input.length} characters; the limit is ${maxLength}.`);
    const count = texts.filter(({ input }) => input.trim() !== '').length;
    if (count > limit.burst) return problem(413, `There are ${count} texts; the limit is ${limit.burst} a request.`);
    const all = request.url.searchParams.get('all') ?? 'false';
    if (!/^(?:true|false)$/.test(all)) return problem(400, '`all` is true or false.');
    const seconds = Math.ceil(limit.take(request.client, Math.max(1, count)) / 1000);
    if (seconds > 0) return problem(429, `Try again in ${seconds} seconds.`, { 'Retry-After': String(seconds) });
    return await resolved(request, texts, all === 'true');
  };
}

async function resolved(request: PageRequest, texts: readonly Numbered[], all: boolean): Promise<Response> {
  const { signal } = request.c.req.raw;
  const { resolver } = request.context.cables;
  const lines: string[] = [];
  try {
    for (const text of texts) {
      // Twenty texts of misspelt IDs take 200 ms, in which pages and posts wait.
      await nextTurn();
      signal.throwIfAborted();
      for (const row of rowsOf(text, await resolveText(text, resolver, signal), all))
        lines.push(`${JSON.stringify(row)}\n`);
    }
  } catch (error) {
    // Nobody gets this response.
    if (signal.aborted) return new Response(null, { status: 499 });
    throw error;
  }
  return new Response(lines.join(''), { headers: { 'Content-Type': 'application/jsonl; charset=utf-8' } });
}
