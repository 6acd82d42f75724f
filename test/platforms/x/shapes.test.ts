import { describe, expect, test } from 'vitest';
import { besideIn, nothingBeside, readItem } from '../../../src/platforms/x/to-post.ts';
import { timeOf } from '../../../src/platforms/x/wire.ts';
import { oddities } from '../../support/oddities.ts';
import { answerTo, setUp } from './setting.ts';

const id = '2002000000000000001';
const cable = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5';
const entities = {
  hashtags: [{ start: 0, end: 3, tag: 'cablegate' }],
  mentions: [{ start: 0, end: 3, username: 'bot', id: '1' }],
  urls: [
    { start: 0, end: 3, url: 'https://t.co/a', expanded_url: cable, unwound_url: 'https://wikileaks.org/403.html' },
  ],
};
const common = {
  id,
  text: '@bot 07ASTANA2244 …',
  author_id: '17',
  created_at: '2026-11-23T12:00:00.000Z',
  conversation_id: id,
  lang: 'en',
  reply_settings: 'everyone',
  entities,
};
const references = [{ type: 'replied_to', id: '2002000000000000000' }];
const note = { text: '@bot 07ASTANA2244 ¶5, in full', entities };
/** The same post in both vocabularies. */
const older = { ...common, edit_history_tweet_ids: [id], referenced_tweets: references, note_tweet: note };
const newer = { ...common, edit_history_post_ids: [id], referenced_posts: references, note_post: note };

const read = (raw: unknown, includes = nothingBeside) => {
  const item = readItem(raw, besideIn(includes), { id: '1', handle: 'bot' });
  return 'post' in item ? item.post : item.reject;
};

describe('a post of X', () => {
  test('is the same in both vocabularies', () => {
    expect(read(newer)).toEqual(read(older));
    expect(read(newer)).toMatchObject({
      text: note.text,
      summoned: true,
      inReplyTo: references[0]?.id,
      links: [expect.any(String), cable],
    });
  });

  test.each([
    ['older', older],
    ['newer', newer],
  ])('in the %s vocabulary is never lost by one field that is missing, null or of another type', (_words, whole) => {
    for (const { name, change } of oddities(whole)) {
      // An empty text is a text.
      const texts = name.startsWith('note') ? [note.text, common.text, '', 'x'] : [note.text];
      const post = read(change(whole));
      expect(texts, name).toContain('text' in post ? post.text : post.reason);
    }
  });

  test('without a time has that of its id, and without an author gets no reply', () => {
    expect(read({ ...older, created_at: null })).toMatchObject({ createdAt: timeOf(id) });
    expect(read({ ...older, author_id: null })).toMatchObject({ closed: 'X does not say who wrote it' });
  });

  test('ignores ids of versions that are empty', () => {
    expect(read({ ...older, edit_history_tweet_ids: [''] })).toEqual(read(older));
  });

  test('has its article and the titles of its link previews in its text', () => {
    const urls = [{ url: 'https://t.co/a', expanded_url: 'https://a.example/', title: 'About 08LONDON1' }];
    const article = { title: 'What the embassy wrote', plain_text: 'It is in 07ASTANA2244.' };
    const { text } = read({ ...common, text: 'https://t.co/a', entities: { urls }, article }) as { text: string };
    expect(text).toBe('https://t.co/a\nWhat the embassy wrote\nIt is in 07ASTANA2244.\nAbout 08LONDON1');
    expect(read({ ...common, text: null, article })).toMatchObject({
      text: 'What the embassy wrote\nIt is in 07ASTANA2244.',
    });
  });
});

describe('the alternative texts of a post’s images', () => {
  const media = [{ media_key: '3_1', type: 'photo', alt_text: 'A page of 08OSLO461, ¶2' }];
  const withImages = { ...common, text: 'look', attachments: { media_keys: ['3_1', '3_2'] } };

  test('stand behind its own text, and none is lost by what is odd beside it', () => {
    const altText = 'A page of 08OSLO461, ¶2';
    const whole = { text: `look\n\n${altText}`, altTextStart: 6 };
    expect(read(withImages, { users: [], media })).toMatchObject(whole);
    for (const odd of [null, 7, {}, { media_key: null }, { media_key: '3_2', alt_text: null }])
      expect(read(withImages, { users: [odd], media: [odd, ...media] })).toMatchObject(whole);
    for (const attachments of [null, [], { media_keys: null }, { media_keys: [7, '3_1'] }])
      expect(read({ ...withImages, attachments }, { users: [], media })).toHaveProperty(
        'text',
        attachments === null || !('media_keys' in attachments) || attachments.media_keys === null ? 'look' : whole.text,
      );
  });

  test.each([true, false])('are requested only where the feed wants them (%s)', async (altTexts) => {
    const { driver, context, feed: config, x, clock, signal } = await setUp();
    const feed = await driver.openFeed!(config({ account: undefined, altTexts }), context);
    const post = x.write('look #cablegate', { images: ['A page of 08OSLO461', null] });
    clock.advance(60_000);
    const texts: string[] = [];
    for await (const page of feed.pages(undefined, signal)) texts.push(...page.posts.map(({ text }) => text));
    expect(texts).toEqual([altTexts ? 'look #cablegate\n\nA page of 08OSLO461' : 'look #cablegate']);
    const posts = (await driver.openContext!(config({ altTexts }), context)).posts([post], signal);
    const found = (await posts).get(post.id);
    expect(found).toMatchObject({ text: texts[0] });
    expect(x.calls.every(({ query }) => 'media.fields' in query === altTexts)).toBe(true);
  });
});

describe('an X that speaks only the newer vocabulary', () => {
  test('is read, and asked in the older one once', async () => {
    const { driver, context, feed: config, x, clock, signal } = await setUp({ words: 'post' });
    const feed = await driver.openFeed!(config({ account: undefined }), context);
    const texts: string[] = [];
    let cursor: string | undefined;
    for (const text of ['one #cablegate', 'two #cablegate']) {
      x.write(text);
      clock.advance(60_000);
      for await (const page of feed.pages(cursor, signal)) {
        texts.push(...page.posts.map((post) => post.text));
        cursor = page.cursor;
      }
    }
    expect(texts).toEqual(['one #cablegate', 'two #cablegate']);
    expect(x.calls.map(({ query }) => 'tweet.fields' in query)).toEqual([true, false, false]);
  });

  test('answers a publisher about the parent and its own timeline', async () => {
    const { driver, context, publisher: config, x, signal } = await setUp({ words: 'post' });
    const publisher = await driver.openPublisher!(config(), context);
    const payload = answerTo(x.write('@pilcrowbot 07ASTANA2244'), 'here https://wikileaks.org/');
    const { id: sent } = await publisher.publish(payload, signal);
    expect(await publisher.find(payload, signal)).toMatchObject({ id: sent });
  });
});
