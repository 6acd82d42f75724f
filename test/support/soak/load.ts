import type { People } from '../fake-platform/sources.ts';
import { postTexts, seeded } from '../make-posts.ts';
import { accountOf } from './plan.ts';

/** What people did, for the oracle. */
export interface Cited {
  readonly id: string;
  /** Posts that may have one reply between them. */
  readonly scope: string;
}

interface Talk {
  readonly id: string;
  readonly author: string;
  text: string;
  readonly line: string;
  /** Nobody changes it any more. */
  settled: boolean;
}

const quiet = postTexts(400, { citing: 0, seed: 1 });
const unchecked = postTexts(400, { citing: 1, seed: 2 });
/** Of those who talk, and of those who ask the bot to be silent. */
const people = 300;
const grumpy = 12;

/** People on some platforms, whose lines the bot reads. What is kept of them is bounded but for `cited`. */
export function openCrowd(platforms: readonly { readonly people: People }[], seed: number) {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const cited: Cited[] = [];
  const recent: Talk[] = [];
  const old: Talk[] = [];
  let count = 0;

  const on = (thread: string) => platforms[accountOf(thread, platforms.length)]!.people;
  const lineOf = (fields: object) => JSON.stringify(fields);

  function say(text: string, now: number, more: { author?: string; thread?: string; summoned?: boolean } = {}): Talk {
    const id = `p${(count += 1)}`;
    const author = more.author ?? `user${below(people)}`;
    const { thread = id, summoned = false } = more;
    on(thread).post({ id, text, author, createdAt: now });
    const line = lineOf({ id, author, text, createdAt: now, thread, summoned });
    return { id, author, text, line, settled: false };
  }

  function cite(text: string, now: number, more: Parameters<typeof say>[2] = {}): string {
    const talk = say(text, now, more);
    cited.push({ id: talk.id, scope: more.thread ?? talk.id });
    if (more.thread === undefined && more.summoned === undefined) remember(talk);
    return talk.line;
  }

  /** Those of long ago are said once more later: they were purged, and must not be answered again. */
  function remember(talk: Talk): void {
    recent.push(talk);
    if (recent.length <= 100) return;
    const past = recent.shift()!;
    if (count % 20 === 0) old.push(past);
    if (old.length > 200) old.shift();
  }

  function changeable(): Talk | undefined {
    const talk = recent[below(recent.length)];
    return talk === undefined || talk.settled ? undefined : talk;
  }

  const paragraph = () => `#cablegate #07ASTANA2244 ¶${1 + below(24)} ${quiet[below(quiet.length)]}`;

  /** What can happen, with its share in hundredths. */
  const happenings: readonly (readonly [share: number, line: (now: number) => string])[] = [
    [43, (now) => lineOf({ id: `q${(count += 1)}`, text: quiet[below(quiet.length)], createdAt: now })],
    [35, (now) => cite(paragraph(), now)],
    [5, (now) => cite(unchecked[below(unchecked.length)]!, now, { summoned: random() < 0.5 })],
    [3, (now) => again(now)],
    [3, (now) => edit(now)],
    [3, (now) => takeBack(now)],
    [1, (now) => cite('@pilcrow help', now, { summoned: true })],
    [1, (now) => askDeletion(now)],
    [1, (now) => cite('@pilcrow stop', now, { summoned: true, author: `grumpy${below(grumpy)}` })],
    [1, (now) => cite(paragraph(), now, { author: `grumpy${below(grumpy)}` })],
    [1, (now) => cite(paragraph(), now, { author: 'blocker' })],
    [1, () => old[below(old.length)]?.line ?? ''],
    // Another text under the same id, that cites the same: whichever is read first stands.
    [1, () => recent[below(recent.length)]?.line.replace('#cablegate', '#Cablegate') ?? ''],
    [1, () => bad[below(bad.length)]!],
  ];
  const shares = happenings.flatMap(([share, line]) => Array.from({ length: share }, () => line));

  function again(now: number): string {
    const talk = changeable();
    if (talk === undefined) return '';
    talk.settled = true;
    return cite(talk.text, now, { thread: talk.id });
  }

  function edit(now: number): string {
    const talk = changeable();
    if (talk === undefined) return '';
    const text = paragraph();
    talk.text = text;
    on(talk.id).edit(talk.id, text);
    return lineOf({ event: 'edit', id: talk.id, author: talk.author, text, createdAt: now });
  }

  function takeBack(_now: number): string {
    const talk = changeable();
    if (talk === undefined) return '';
    talk.settled = true;
    on(talk.id).delete(talk.id);
    return lineOf({ event: 'delete', id: talk.id });
  }

  function askDeletion(now: number): string {
    const talk = changeable();
    if (talk === undefined) return '';
    talk.settled = true;
    const asking = say('@pilcrow delete', now, { author: talk.author, thread: talk.id, summoned: true });
    return asking.line;
  }

  for (const platform of platforms) platform.people.block('blocker');
  return {
    cited: cited as readonly Cited[],
    /** So many lines as they are written now. */
    lines: (how: number, now: number): string[] =>
      Array.from({ length: how }, () => shares[below(shares.length)]!(now)).filter((line) => line !== ''),
  };
}

/** Lines that cannot be read: no JSON, no text, a text that is none, and far too long. */
const bad = ['{"id": "x', '{"id": "no-text"}', '{"id": 7.5, "text": []}', `{"text": "${'long '.repeat(1000)}"}`];
