import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as nip19 from 'nostr-tools/nip19';
import { expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { drain } from '../../workers/index.ts';
import { ada, bot, deletion, newPerson, note, secondsAgo } from '../platforms/nostr/events.ts';
import { type NostrServer, startNostrRelay } from '../servers/nostr.ts';
import { tempDir } from '../support/temp.ts';
import { configuration } from '../support/workplace.ts';

/** The real bot on two real relays. `work` is what a process does between its start and its end. */
async function openBot() {
  const relays = [await startNostrRelay(), await startNostrRelay()] as const;
  onTestFinished(async () => {
    for (const relay of relays) await relay[Symbol.asyncDispose]();
  });
  const dir = await tempDir();
  mkdirSync(join(dir, 'secrets'));
  writeFileSync(join(dir, 'secrets/key'), nip19.nsecEncode(bot.secret), { mode: 0o600 });
  const urls = JSON.stringify(relays.map(({ url }) => url));
  const feed = `  - { name: nostr, platform: nostr, relays: ${urls}, account: ${nip19.npubEncode(bot.key)} }`;
  const publisher = `  - { name: bot, platform: nostr, mode: summoned, relays: ${urls}, key: { file: secrets/key } }`;
  const config = join(dir, 'pilcrow.yaml');
  writeFileSync(config, configuration([feed]).replace('publishers:\n', `publishers:\n${publisher}\n`));
  const work = async () => {
    const { signal } = new AbortController();
    const world = { emit: () => {}, stopping: signal, hurry: signal, queue: 'none' as const };
    await using app = await openApp(readConfig({ config }), world);
    await drain(app);
  };
  return { relays, work };
}

const repliesAt = ({ store }: NostrServer) =>
  store.events.filter(({ kind, pubkey }) => kind === 1 && pubkey === bot.key);
const npub = nip19.npubEncode(bot.key);

test('who tags the bot is answered once, in the thread, with the link, over restarts and outages', async () => {
  const { relays, work } = await openBot();
  const [one, two] = relays;
  const root = note('what is this?', { by: newPerson(), tags: [] });
  const question = note(`nostr:${npub} #cablegate #07ASTANA2244 ¶5`, {
    tags: [
      ['e', root.id, '', 'root'],
      ['p', bot.key],
      ['t', 'cablegate'],
    ],
  });
  for (const relay of relays) await relay.bring(question);
  await one.bring(note('#cablegate #07ASTANA2244 ¶5, by the way', { by: newPerson() }));
  await work();
  await work();
  expect(repliesAt(one)).toEqual(repliesAt(two));
  expect(repliesAt(one)).toMatchObject([{ content: expect.stringMatching(/https:\/\/\S*07ASTANA2244/) }]);
  expect(repliesAt(one)[0]?.tags).toEqual(
    expect.arrayContaining([
      ['e', root.id, one.url, 'root'],
      ['e', question.id, one.url, 'reply', ada.key],
      ['p', ada.key],
    ]),
  );
  await two.stop();
  const by = newPerson();
  await one.bring(note(`nostr:${npub} #07ASTANA2244`, { by, tags: [['p', bot.key]], at: secondsAgo(2) }));
  await work();
  await two.start();
  await work();
  expect(repliesAt(one)).toHaveLength(2);
});

test('a question that is deleted before it is answered is not answered, and after "stop" there is silence', async () => {
  const { relays, work } = await openBot();
  const [one] = relays;
  const ask = (serial: number) =>
    note(`nostr:${npub} #07ASTANA2244 ${serial}`, { tags: [['p', bot.key]], at: secondsAgo(60 - serial) });
  const first = ask(1);
  await one.bring(first);
  // The deletion is known at the other relay alone.
  relays[1].store.upsert(deletion(first, ada));
  await work();
  expect(repliesAt(one)).toEqual([]);
  await one.bring(note(`nostr:${npub} stop`, { tags: [['p', bot.key]], at: secondsAgo(50) }));
  await work();
  await one.bring(ask(30));
  await work();
  expect(repliesAt(one)).toEqual([]);
});

test('a reply is taken back when its question is deleted by its author, and not by anybody else', async () => {
  const { relays, work } = await openBot();
  const question = note(`nostr:${npub} #07ASTANA2244`, { tags: [['p', bot.key]] });
  for (const relay of relays) await relay.bring(question);
  await work();
  expect(relays.map(repliesAt).flat()).toHaveLength(2);
  const mallory = newPerson();
  await relays[1].bring(deletion(question, mallory));
  await work();
  expect(relays.map(repliesAt).flat()).toHaveLength(2);
  await relays[1].bring(deletion(question, ada));
  await work();
  expect(relays.map(repliesAt).flat()).toHaveLength(0);
});
