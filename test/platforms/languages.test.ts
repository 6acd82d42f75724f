import { describe, expect, test } from 'vitest';
import { readEvent } from '../../src/platforms/nostr/event.ts';
import { platforms } from '../../src/platforms/index.ts';
import { PostRecord } from '../../src/platforms/bluesky/wire.ts';
import { toPost as blueskyPost } from '../../src/platforms/bluesky/to-post.ts';
import { toPost as mastodonPost } from '../../src/platforms/mastodon/to-post.ts';
import { Status } from '../../src/platforms/mastodon/wire.ts';
import { toPost as nostrPost } from '../../src/platforms/nostr/to-post.ts';
import { readFeed } from '../../src/platforms/rss/items.ts';
import { toPost as webPost } from '../../src/platforms/rss/to-post.ts';
import { readEntry } from '../../src/platforms/shared/post-lines.ts';
import { besideIn, nothingBeside, readItem } from '../../src/platforms/x/to-post.ts';
import { languageFor } from '../../src/replies/language.ts';
import { note } from './nostr/events.ts';

type Read = Parameters<typeof languageFor>[0];
/** What a platform writes where it says the language: as it is, or nothing at all. */
type Wire = (language: unknown) => Read | { readonly fault: string };

const [text, now] = ['See 07ASTANA2244', Date.UTC(2026, 10, 23, 12)];
/** A field that may be missing. */
const field = (name: string, value: unknown) => (value === undefined ? {} : { [name]: value });
const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));
const listed = (value: unknown) => (value === undefined ? undefined : [value].flat());

const mastodon: Wire = (language) => {
  const account = { id: '1', username: 'ada', acct: 'ada', url: 'https://a.example/@ada' };
  const status = { id: '1', uri: 'https://a.example/1', account, content: text, ...field('language', language) };
  const context = { server: 'https://a.example', ownAccounts: new Set<string>(), mentioned: false, thread: undefined };
  return mastodonPost(Status.parse(status), { ...context, readAt: now });
};

const bluesky: Wire = (language) => {
  const record = PostRecord.parse({ text, ...field('langs', listed(language)) });
  return blueskyPost({ uri: 'at://did:plc:ada/app.bsky.feed.post/1', cid: 'c', record, seenAt: now }, undefined);
};

const x: Wire = (language) => {
  const post = { id: '2002', text, author_id: '17', conversation_id: '2002', created_at: '2026-11-23T12:00:00.000Z' };
  const item = readItem({ ...post, ...field('lang', language) }, besideIn(nothingBeside), { id: '1', handle: 'bot' });
  return 'post' in item ? item.post : { fault: item.reject.reason };
};

const nostr: Wire = (language) => {
  const labels = (listed(language) ?? []).map((label) => ['l', textOf(label), 'ISO-639-1']);
  const event = readEvent(
    JSON.parse(JSON.stringify(note(text, { tags: [['L', 'ISO-639-1'], ...labels] }))),
    Date.now(),
  );
  if ('fault' in event) return event;
  return nostrPost(event, {
    relay: 'wss://relay.example',
    profile: undefined,
    account: undefined,
    own: new Set<string>(),
    now: Date.now(),
  });
};

const line: Wire = (language) => {
  const entry = readEntry(JSON.stringify({ text, ...field('language', language) }), now);
  return 'post' in entry ? entry.post : { fault: 'fault' in entry ? entry.fault : 'a change' };
};

/** A web feed; its own language stands where the item says none. */
const webFeed = (write: (language: string | undefined) => string): Wire => {
  return (language) => {
    const { items } = readFeed(write(language === undefined ? undefined : textOf(language)));
    const origin = { title: null, url: 'https://a.example/feed', base: 'https://a.example/feed', host: 'a.example' };
    return webPost(items[0]!, origin, now);
  };
};
const element = (name: string, value: string | undefined) => (value === undefined ? '' : `<${name}>${value}</${name}>`);
const attribute = (value: string | undefined) => (value === undefined ? '' : ` xml:lang="${value}"`);
const dublin = 'xmlns:dc="http://purl.org/dc/elements/1.1/"';
const item = `<title>${text}</title><link>https://a.example/1</link>`;

const wires: Readonly<Record<string, Wire>> = {
  'Mastodon: `language` of a status': mastodon,
  'Bluesky: `langs` of a record': bluesky,
  'X: `lang` of a post': x,
  'Nostr: a label of ISO-639-1': nostr,
  'a line of a file or a webhook: `language`': line,
  'RSS: `language` of the feed': webFeed(
    (one) => `<rss version="2.0"><channel>${element('language', one)}<item>${item}</item></channel></rss>`,
  ),
  'RSS: `dc:language` of an item': webFeed(
    (one) => `<rss version="2.0" ${dublin}><channel><item>${item}${element('dc:language', one)}</item></channel></rss>`,
  ),
  'RSS: `xml:lang` of the document': webFeed(
    (one) => `<rss version="2.0"${attribute(one)}><channel><item>${item}</item></channel></rss>`,
  ),
  'Atom: `xml:lang` of the feed': webFeed(
    (one) => `<feed xmlns="http://www.w3.org/2005/Atom"${attribute(one)}><entry><id>1</id>${item}</entry></feed>`,
  ),
  'Atom: `xml:lang` of an entry': webFeed(
    (one) => `<feed xmlns="http://www.w3.org/2005/Atom"><entry${attribute(one)}><id>1</id>${item}</entry></feed>`,
  ),
  'RDF: `dc:language` of the channel': webFeed(
    (one) =>
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" ${dublin}><channel rdf:about="https://a.example">${element('dc:language', one)}</channel><item rdf:about="1">${item}</item></rdf:RDF>`,
  ),
  'JSON Feed: `language` of the feed': webFeed((one) =>
    JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'a',
      ...field('language', one),
      items: [{ id: '1', content_text: text }],
    }),
  ),
};

/** Not the default, so that a language that is not said shows. */
const languages = ['es', 'de', 'en', 'fr', 'pt'] as const;
const replyIn = (read: ReturnType<Wire>) => ('fault' in read ? read.fault : languageFor(read, languages).language);

describe.each(Object.entries(wires))('the language of a reply, by %s', (_where, wire) => {
  test.each([
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['PT_br', 'pt'],
    [' fr ', 'fr'],
    ['deu', 'de'],
    ['fre', 'fr'],
    ['en_US.UTF-8', 'en'],
    ['zxx', 'es'],
    ['und', 'es'],
    ['mul', 'es'],
    ['qme', 'es'],
    ['', 'es'],
    ['xx', 'es'],
    ['it', 'es'],
    ['english', 'es'],
    ['-', 'es'],
    ['de-', 'es'],
    ['🦜', 'es'],
    [undefined, 'es'],
  ])('%j is answered in %s', (language, expected) => {
    expect(replyIn(wire(language))).toBe(expected);
  });
});

/** A line of a file says what it does not understand; all others overlook it. */
const json = Object.entries(wires).filter(([where]) => /^(Mastodon|Bluesky|X|Nostr)/.test(where));
test.each(json)('what is no text says no language, by %s', (_where, wire) => {
  for (const odd of [null, 42, true, {}]) expect([odd, replyIn(wire(odd))]).toEqual([odd, 'es']);
});

test('a line whose language is no text is rejected with the reason', () => {
  expect(replyIn(line(null))).toBe('es');
  for (const odd of [42, ['de', 'fr']]) expect(replyIn(line(odd))).toContain('language: ');
});

test.each([
  ['Bluesky', bluesky],
  ['Nostr', nostr],
] as const)('of several languages the first that is one counts, on %s', (_platform, wire) => {
  expect(replyIn(wire(['und', '', 'de-AT', 'fr']))).toBe('de');
  expect(replyIn(wire(['it', 'de']))).toBe('es');
});

test('an item that says no language has that of its feed', () => {
  const write = (one: string | undefined) =>
    `<rss version="2.0" ${dublin}><channel><language>fr-CA</language><item>${item}${element('dc:language', one)}</item></channel></rss>`;
  expect(['', 'und', undefined, 'de'].map((one) => replyIn(webFeed(write)(one)))).toEqual(['fr', 'fr', 'fr', 'de']);
});

test('these are all platforms that are read; nothing else says a language', () => {
  const read = platforms.filter(({ feed }) => feed !== undefined).map(({ id }) => id);
  expect(read.toSorted()).toEqual(['bluesky', 'file', 'mastodon', 'nostr', 'rss', 'webhook', 'x']);
});
