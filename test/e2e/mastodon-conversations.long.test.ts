import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { drain } from '../../workers/index.ts';
import { type Person, type SnacServer, type Status, openSnac, snacIsHere } from '../servers/snac.ts';
import { htmlToText } from '../../src/platforms/shared/html.ts';
import { tempDir } from '../support/temp.ts';
import { configuration } from '../support/workplace.ts';
import { type Conversation, conversations } from './conversations.ts';

let snac: SnacServer;
const names = ['bot', 'ada', 'eve', 'bert', 'robot'];

async function configure(bot: Person): Promise<string> {
  const dir = await tempDir();
  writeFileSync(join(dir, 'token'), bot.token);
  const account = `{ url: '${snac.url}', token: { file: token } }`;
  const feed = `  - { name: fediverse, platform: mastodon, servers: [${account}], stream: false, firstRunItems: 0 }`;
  const limits = 'limits: { authorCooldown: 0s, threadCooldown: 0s, perAuthorPerDay: null }';
  const publisher = `  - { name: mastodon, platform: mastodon, mode: summoned, server: '${snac.url}', token: { file: token }, ${limits} }\n`;
  const config = join(dir, 'pilcrow.yaml');
  const text = configuration([feed], `network: { allowPrivate: ['127.0.0.1:${snac.port}'] }\n`);
  writeFileSync(config, text.replace('publishers:\n', `publishers:\n${publisher}`));
  return config;
}

/** Each scene has a bot with a ledger of its own on the same server. */
async function openConversation(): Promise<Conversation> {
  const bot = snac.people['bot']!;
  const config = await configure(bot);
  const posts = new Map<string, Status>();
  const stop = new AbortController();
  const hooks = { emit: () => {}, stopping: stop.signal, hurry: stop.signal, queue: 'none' } as const;
  const app = await openApp(readConfig({ config }), hooks);
  // Earlier posts are not for this scene, and snac rounds times down to the second.
  await drain(app);
  await delay(1000 - (Date.now() % 1000));

  async function heard({ uri }: Status): Promise<void> {
    for (;;) {
      // Its queues would wait for seconds.
      for (const name of names) snac.run('queue', name);
      const { body } = await bot.call('GET', '/api/v1/notifications?types[]=mention');
      if ((body as { status?: Status }[]).some((one) => one.status?.uri === uri)) return;
      await delay(50);
    }
  }

  return {
    async say(who, text, { replyTo, toBot = false, isPrivate = false } = {}) {
      const parent = replyTo && posts.get(replyTo.id);
      const more = { ...(parent && { in_reply_to_id: parent.id }), ...(isPrivate && { visibility: 'direct' }) };
      const status = await snac.people[who]!.post(toBot ? `@bot ${text}` : text, more);
      posts.set(status.uri, status);
      if (toBot) await heard(status);
      return { id: status.uri };
    },
    remove: async ({ id }) => rmSync(fileOf(id)),
    work: () => drain(app),
    async answersTo({ id }) {
      const asked = posts.get(id);
      const { body } = await bot.call('GET', `/api/v1/statuses/${asked?.id}/context`);
      const below = (body as { descendants: Status[] }).descendants;
      const answers = below.filter((one) => one.in_reply_to_id === asked?.id && one.uri.includes('/bot/'));
      return answers.map((status) => {
        posts.set(status.uri, status);
        const { text } = htmlToText(status.content);
        const mentioned = names.filter((name) => text.includes(`@${name}`));
        return { id: status.uri, text, others: mentioned.filter((name) => !asked?.uri.includes(`/${name}/`)) };
      });
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
    },
  };
}

function fileOf(uri: string): string {
  const md5 = createHash('md5').update(uri).digest('hex');
  return join(snac.folder, 'object', md5.slice(0, 2), `${md5}.json`);
}

describe.skipIf(!snacIsHere)('on snac', () => {
  beforeAll(async () => {
    snac = await openSnac(names);
    const profile = join(snac.folder, 'user', 'robot', 'user.json');
    writeFileSync(profile, JSON.stringify({ ...(JSON.parse(readFileSync(profile, 'utf8')) as object), bot: true }));
  });
  afterAll(() => snac[Symbol.asyncDispose]());
  conversations('Mastodon', openConversation);
});
