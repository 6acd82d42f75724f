import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BotEvent } from '../../src/core/event.ts';
import { openLog } from '../../src/observe/log.ts';
import { shortId } from '../../src/core/post.ts';
import { post } from '../support/posts.ts';

/** The lines that these events make, as a reader of standard error gets them. */
function logged(events: readonly BotEvent[], secrets: readonly string[] = []): string {
  let out = '';
  const emit = openLog({ secrets, write: (line) => (out += line) });
  for (const event of events) emit(event);
  return out;
}

function fieldsOf(event: BotEvent, secrets: readonly string[] = []): Record<string, unknown> {
  return JSON.parse(logged([event], secrets)) as Record<string, unknown>;
}

const errorEvent = (message: string, what = 'x'): BotEvent => ({ kind: 'error', what, message });
const verdict = { action: 'record', rule: 'r', template: null, asked: null, clause: null, rules: 'v' } as const;

describe('a line', () => {
  test('about a post holds its short id, whatever happened, and never its key', () => {
    const one = post({ id: '7', text: 'what a stranger wrote' });
    const { key, platform, id, url, thread } = one;
    const payload = {
      key,
      text: 'what the bot answers',
      language: null,
      createdAt: 0,
      idempotencyKey: 'i',
      replyTo: { key, platform, id, url, author: 'ada', thread },
    };
    const events: BotEvent[] = [
      { kind: 'decided', post: one, resolutions: [], verdict },
      { kind: 'sent', payload, publisher: 'log', published: { id: key, url: null } },
      { kind: 'error', what: key, post: key, reply: { state: 'unknown', publisher: 'log' }, message: 'reset' },
      { kind: 'info', what: `${key}#1`, post: key, message: `about ${key}` },
    ];
    for (const event of events) expect(fieldsOf(event)).toMatchObject({ event: event.kind, post: shortId(key) });
    expect(fieldsOf(events[2] as BotEvent)).toMatchObject({ level: 'error', state: 'unknown', publisher: 'log' });
    expect(logged(events)).not.toMatch(/stranger wrote|bot answers|file:7/);
  });

  test('shows citations by ID and state, and one without an ID by its state alone', () => {
    const resolution = { span: null, publishedId: null, paragraphs: [], cable: null, links: [], candidates: [] };
    const resolutions = [
      { ...resolution, written: 'w', referenceId: '07ASTANA2244', status: 'resolved' },
      { ...resolution, written: 'the cable about geese', referenceId: null, status: 'ambiguous' },
    ] as never;
    const line = fieldsOf({ kind: 'decided', post: post({ id: '1' }), resolutions, verdict });
    expect(line['cables']).toBe('07ASTANA2244 resolved, ambiguous');
    expect(JSON.stringify(line)).not.toContain('geese');
  });

  test('about a reject says where and why, without the text', () => {
    const reject = { position: 'f.jsonl:3', reason: 'not JSON', excerpt: 'private words' };
    const line = logged([{ kind: 'rejected', feed: 'f', reject }]);
    expect(JSON.parse(line)).toMatchObject({ feed: 'f', position: 'f.jsonl:3', message: 'not JSON', level: 'warn' });
    expect(line).not.toContain('private words');
  });

  test('has the time in ISO 8601', () => {
    expect(fieldsOf(errorEvent('m'))['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('is not written for ticks and empty polls', () => {
    const events: BotEvent[] = [
      { kind: 'ticked' },
      { kind: 'read', feed: 'f' },
      { kind: 'polled', feed: 'f', seen: 0, ingested: 0 },
    ];
    expect(logged(events)).toBe('');
  });
});

describe('a hostile message', () => {
  test('becomes one bounded line of valid JSON', () => {
    const unit = fc.oneof(
      fc.constantFrom('\n', '\r', '\u2028', '\u0085', '\0', '\u001b[31m', '\u202e', '\ud800', '"', '\\', '%', '//'),
      fc.string({ unit: 'binary' }),
    );
    const text = fc.array(unit, { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(1, 500), fc.array(fc.string(), { maxLength: 3 }), (message, times, secrets) => {
        const line = logged([errorEvent(message.repeat(times), message.repeat(times))], secrets);
        expect(line.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu)).toEqual(['\n']);
        expect(line.endsWith('\n')).toBe(true);
        expect(line.length).toBeLessThan(10_000);
        JSON.parse(line);
      }),
    );
  });

  test('of 50 MB is cut', () => {
    expect(logged([errorEvent('x'.repeat(50_000_000))], ['secret']).length).toBeLessThan(3000);
  });
});

describe('a secret', () => {
  const awkward = fc.constantFrom(
    '.*',
    '$&',
    '(',
    ')',
    '[',
    '\\',
    '"',
    "'",
    '/',
    '@',
    ':',
    '%',
    '%41',
    '+',
    ' ',
    '&',
    '?',
    '#',
    '|',
    'é',
    '€',
    '😀',
  );
  const secret = fc
    .array(fc.oneof(awkward, fc.string({ minLength: 1, maxLength: 6 })), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join(''))
    // As long as a password: a shorter one could occur by chance in `***` or in the rest of the line.
    .filter((text) => text.length >= 6 && !/^\*+$/.test(text));
  const forms: readonly ((text: string) => string)[] = [
    (text) => text,
    encodeURIComponent,
    (text) =>
      encodeURIComponent(text)
        .replaceAll(/%../g, (hex) => hex.toLowerCase())
        .replaceAll('%20', '+'),
    (text) => JSON.stringify(text).slice(1, -1),
    (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  ];

  test.each(forms.map((form, at) => [at, form] as const))('never appears, written in form %i', (_, form) => {
    const around = fc.string({ maxLength: 5 });
    fc.assert(
      fc.property(secret, around, around, fc.nat(3), (value, before, after, times) => {
        const message = Array.from({ length: times + 1 }, () => before + form(value) + after).join(' ');
        const line = fieldsOf(errorEvent(message, form(value)), ['another secret', value]);
        for (const shown of [line['message'], line['what']]) {
          expect(shown).not.toContain(form(value));
          expect(shown).toContain('***');
        }
      }),
      { examples: [['a%41bcdef', '', '', 0]] },
    );
  });

  test('is not left in part where a message is cut', () => {
    const value = 'correct horse battery staple';
    for (let before = 1950; before < 2010; before += 1) {
      expect(logged([errorEvent('x'.repeat(before) + value)], [value])).not.toContain('correct');
    }
    const many = logged([errorEvent(value.repeat(100_000))], [value]);
    expect(many).not.toMatch(/correct|horse|battery|staple/);
  });

  test('that is a prefix of another does not leave the rest of it', () => {
    expect(fieldsOf(errorEvent('token-123456'), ['token', 'token-123456'])['message']).toBe('***');
  });

  test('in the user information of a URL is masked even if it is not configured; handles in URLs stay', () => {
    const message = 'connect postgres://user:p@ss@db.example:5432/x, https://social.example/@ada';
    expect(fieldsOf(errorEvent(message))['message']).toBe(
      'connect postgres://***@db.example:5432/x, https://social.example/@ada',
    );
  });

  test('of 64 KB does no harm', () => {
    const value = Array.from({ length: 9000 }, (_, at) => at.toString(36).padStart(7, 'k')).join('');
    const line = logged([errorEvent(`before ${value} after`)], [value]);
    expect(line).not.toMatch(/kkkk/);
    const key = value.slice(0, 1700);
    expect(fieldsOf(errorEvent(`before ${key} after`), [key])['message']).toMatch(/^before \*+ after$/);
  });
});

describe('standard error', () => {
  /** A process that prints `ready`, logs 2000 lines on input, and ends by itself. */
  function logging(stderr: 'pipe' | number) {
    const folder = new URL('../../src/observe/', import.meta.url).href;
    const script = `
      import { openLog } from '${folder}log.ts';
      import { openStandardError } from '${folder}standard-error.ts';
      const sink = openStandardError();
      const emit = openLog({ secrets: [], write: sink.write });
      process.stdin.once('data', async () => {
        for (let i = 0; i < 2000; i += 1) {
          emit({ kind: 'error', what: 'x', message: 'y'.repeat(500) });
          if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        await sink[Symbol.asyncDispose]();
        process.stdout.write('still here');
        process.stdin.destroy();
      });
      process.stdout.write('ready');
    `;
    return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', stderr] });
  }

  async function ending(child: ReturnType<typeof logging>, whenReady: () => void) {
    let out = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (text === 'ready') whenReady();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    return { out, code };
  }

  test('with a closed reader does not stop the process', async () => {
    const child = logging('pipe');
    const ended = await ending(child, () => {
      child.stderr?.once('close', () => child.stdin?.write('go\n'));
      child.stderr?.destroy();
    });
    expect(ended).toEqual({ out: 'readystill here', code: 0 });
  });

  test('on a full disk does not stop the process', async () => {
    const full = openSync('/dev/full', 'w');
    const child = logging(full);
    closeSync(full);
    expect(await ending(child, () => child.stdin?.write('go\n'))).toEqual({ out: 'readystill here', code: 0 });
  });
});
