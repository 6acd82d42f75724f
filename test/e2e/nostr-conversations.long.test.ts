import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as nip19 from 'nostr-tools/nip19';
import { parse } from 'nostr-tools/nip10';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { drain } from '../../workers/index.ts';
import { bot, deletion, newPerson, note, profile, secondsAgo } from '../platforms/nostr/events.ts';
import { startNostrRelay } from '../servers/nostr.ts';
import { tempDir } from '../support/temp.ts';
import { configuration } from '../support/workplace.ts';
import { type Conversation, conversations } from './conversations.ts';

const npub = nip19.npubEncode(bot.key);

/** The real bot on a real relay. */
async function openConversation(): Promise<Conversation> {
  const relay = await startNostrRelay();
  const people = { eve: newPerson(), ada: newPerson(), bert: newPerson(), robot: newPerson() };
  await relay.bring(profile(people.robot, { bot: true }));
  const dir = await tempDir();
  mkdirSync(join(dir, 'secrets'));
  writeFileSync(join(dir, 'secrets/key'), nip19.nsecEncode(bot.secret), { mode: 0o600 });
  const config = join(dir, 'pilcrow.yaml');
  const feed = `  - { name: nostr, platform: nostr, relays: ['${relay.url}'], account: ${npub} }`;
  const publisher = `  - { name: bot, platform: nostr, mode: summoned, relays: ['${relay.url}'], key: { file: secrets/key }, limits: { authorCooldown: 0s, threadCooldown: 0s } }`;
  writeFileSync(config, configuration([feed]).replace('publishers:\n', `publishers:\n${publisher}\n`));
  const notes = new Map<string, ReturnType<typeof note>>();
  let at = 300;
  return {
    async say(who, text, { replyTo, quotes, toBot = false } = {}) {
      const parent = replyTo && (notes.get(replyTo.id) ?? relay.store.events.find(({ id }) => id === replyTo.id));
      const root = parent && (parse(parent).root?.id ?? parent.id);
      const tags = [
        ...(root === undefined ? [] : [['e', root, '', 'root']]),
        ...(parent === undefined || root === parent.id ? [] : [['e', parent.id, '', 'reply']]),
        ...(quotes === undefined ? [] : [['q', quotes.id]]),
        ...(toBot ? [['p', bot.key]] : []),
        ...(text.includes('#cablegate') ? [['t', 'cablegate']] : []),
      ];
      const event = note(toBot ? `nostr:${npub} ${text}` : text, { by: people[who], at: secondsAgo((at -= 1)), tags });
      notes.set(event.id, event);
      await relay.bring(event);
      return { id: event.id };
    },
    async remove(post, who) {
      await relay.bring(deletion(post, people[who]));
    },
    async work() {
      const { signal } = new AbortController();
      const world = { emit: () => {}, stopping: signal, hurry: signal, queue: 'none' as const };
      await using app = await openApp(readConfig({ config }), world);
      await drain(app);
    },
    async answersTo({ id }) {
      const asked = notes.get(id);
      const answers = relay.store.events.filter(({ kind, pubkey }) => kind === 1 && pubkey === bot.key);
      return answers
        .filter(
          (event) =>
            parse(event).reply?.id === id || (parse(event).reply === undefined && parse(event).root?.id === id),
        )
        .map((event) => ({
          id: event.id,
          text: event.content,
          others: event.tags.flatMap(([name, key]) => (name === 'p' && key !== asked?.pubkey ? [key ?? ''] : [])),
        }));
    },
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  };
}

conversations('Nostr', openConversation);
