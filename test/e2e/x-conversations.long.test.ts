import { writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, vi } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { drain } from '../../workers/index.ts';
import { testClock } from '../support/clock.ts';
import { credentials, startFakeX } from '../support/fake-x/server.ts';
import { tempDir } from '../support/temp.ts';
import { configuration } from '../support/workplace.ts';
import { type Conversation, conversations } from './conversations.ts';

const minuteMs = 60_000;

afterEach(() => vi.restoreAllMocks());

/** The whole bot, whose connections to X lead to the fake. */
async function openConversation(): Promise<Conversation> {
  const clock = testClock();
  const x = await startFakeX({ clock });
  vi.spyOn(Agent.prototype as unknown as { createConnection: () => unknown }, 'createConnection').mockImplementation(
    () => connect(x.port, '127.0.0.1'),
  );
  const people = { eve: x.addUser('eve'), ada: x.ada, bert: x.addUser('bert'), robot: x.addUser('robot') };
  const stop = new AbortController();
  const hooks = { emit: () => {}, stopping: stop.signal, hurry: stop.signal, queue: 'none', clock } as const;
  const app = await openApp(readConfig({ config: configure(await tempDir()) }), hooks);
  async function work(): Promise<void> {
    clock.advance(minuteMs);
    await drain(app);
  }
  // The first poll takes only what is there.
  await work();
  return {
    say(who, text, { replyTo, quotes, toBot = false } = {}) {
      const [parent, quoted] = [replyTo, quotes].map((named) => named && x.find(named.id));
      const written = toBot ? `@pilcrowbot ${text}` : text;
      const how = { author: people[who], ...(parent && { replyTo: parent }), ...(quoted && { quotes: quoted }) };
      return Promise.resolve({ id: x.write(written, how).id });
    },
    edit: async ({ id }, text) => {
      x.edit(x.find(id)!, `@pilcrowbot ${text}`);
    },
    remove: async ({ id }) => x.remove(x.find(id)!),
    work,
    async answersTo({ id }) {
      const chain = x.find(id)?.chain ?? [];
      const own = x.latest().filter(({ author }) => author === x.bot);
      const answers = own.filter(({ references: [first] }) => chain.includes(first?.id ?? ''));
      const asked = x.find(id)?.author;
      return answers.map(({ id: answer, text, mentions }) => {
        const others = mentions.filter((one) => one !== asked).map(({ username }) => username);
        return { id: answer, text, others };
      });
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await x[Symbol.asyncDispose]();
    },
  };
}

function configure(dir: string): string {
  for (const [name, value] of Object.entries(credentials)) writeFileSync(join(dir, name), value);
  const account = `account: { id: '1000000', handle: pilcrowbot }`;
  const keys = ['appKey', 'appSecret', 'accessToken', 'accessSecret'].map((key) => `${key}: { file: ${key} }`);
  const limits = '{ budget: { perDay: 5, perMonth: 20 }, threadCooldown: 0s }';
  const publisher = `  - { name: x, platform: x, mode: summoned, ${account}, ${keys.join(', ')}, limits: ${limits} }\n`;
  const budget = 'budget: { perDay: 50, perMonth: 500 }';
  const feed = `  - { name: x, platform: x, bearerToken: { file: bearerToken }, ${account}, maxAge: null, ${budget} }`;
  const file = join(dir, 'pilcrow.yaml');
  writeFileSync(file, configuration([feed]).replace('publishers:\n', `publishers:\n${publisher}`));
  return file;
}

conversations('X', openConversation);
