import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { drain } from '../../workers/index.ts';
import { type BlueskyNetwork, type Member, blueskyIsHere, startBluesky } from '../servers/bluesky.ts';
import { tempDir } from '../support/temp.ts';
import { configuration } from '../support/workplace.ts';
import { type Conversation, conversations, type Said } from './conversations.ts';

interface Ref {
  readonly uri: string;
  readonly cid: string;
}
interface Answer extends Ref {
  readonly value: {
    readonly text: string;
    readonly reply?: { readonly root: Ref; readonly parent: Ref };
    readonly facets?: readonly { readonly features: readonly { readonly did?: string }[] }[];
  };
}

let network: BlueskyNetwork;
let bot: Member;
let people: Readonly<Record<'eve' | 'ada' | 'bert' | 'robot', Member>>;

/** New people for each scene: what they said to the bot in another must not count. */
async function openConversation(): Promise<Conversation> {
  const dir = await tempDir();
  writeFileSync(join(dir, 'password'), bot.password);
  const account = `identifier: ${bot.handle}, service: '${network.pds}', password: { file: password }`;
  const feed = `  - { name: bluesky, platform: bluesky, every: 1s, source: none, firstRun: 0s, account: { ${account} } }`;
  const publisher = `  - { name: bot, platform: bluesky, mode: summoned, ${account}, limits: { threadCooldown: 0s, perAuthorPerDay: null } }\n`;
  const config = join(dir, 'pilcrow.yaml');
  writeFileSync(config, configuration([feed]).replace('publishers:\n', `publishers:\n${publisher}`));
  const stop = new AbortController();
  const hooks = { emit: () => {}, stopping: stop.signal, hurry: stop.signal, queue: 'none' } as const;
  const app = await openApp(readConfig({ config }), hooks);
  await drain(app);
  const posts = new Map<string, Ref & { readonly root: Ref; readonly by: string }>();
  return {
    async say(who, text, { replyTo, quotes, toBot = false } = {}) {
      const { agent, did } = people[who];
      const [parent, quoted] = [replyTo, quotes].map((named) => named && posts.get(named.id));
      const name = `@${bot.handle}`;
      const mention = {
        index: { byteStart: 0, byteEnd: Buffer.byteLength(name) },
        features: [{ $type: 'app.bsky.richtext.facet#mention' as const, did: bot.did }],
      };
      const ref = await agent.post({
        text: toBot ? `${name} ${text}` : text,
        ...(toBot && { facets: [mention] }),
        ...(parent && { reply: { root: parent.root, parent: { uri: parent.uri, cid: parent.cid } } }),
        ...(quoted && {
          embed: { $type: 'app.bsky.embed.record' as const, record: { uri: quoted.uri, cid: quoted.cid } },
        }),
      });
      posts.set(ref.uri, { ...ref, root: parent?.root ?? ref, by: did });
      return { id: ref.uri };
    },
    remove: async ({ id }, who) => await people[who].agent.deletePost(id),
    async work() {
      await network.settle();
      await drain(app);
      await network.settle();
    },
    async answersTo({ id }) {
      const params = { repo: bot.did, collection: 'app.bsky.feed.post', limit: 100 };
      const { data } = await bot.agent.com.atproto.repo.listRecords(params);
      const answers = (data.records as unknown as Answer[]).filter(({ value }) => value.reply?.parent.uri === id);
      return answers.map(({ uri, cid, value }): Said & { text: string; others: string[] } => {
        posts.set(uri, { uri, cid, root: value.reply!.root, by: bot.did });
        const mentioned = (value.facets ?? []).flatMap(({ features }) => features.flatMap(({ did }) => did ?? []));
        return { id: uri, text: value.text, others: mentioned.filter((did) => did !== posts.get(id)?.by) };
      });
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!blueskyIsHere)('on a Bluesky network', () => {
  beforeAll(async () => {
    network = await startBluesky();
    bot = await network.join('cable-bot');
    const [eve, ada, bert, robot] = [
      await network.join('eve'),
      await network.join('ada'),
      await network.join('bert'),
      await network.join('robot'),
    ];
    people = { eve, ada, bert, robot };
    const labels = { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: 'bot' }] };
    const record = { $type: 'app.bsky.actor.profile', labels };
    await robot.agent.com.atproto.repo.putRecord({
      repo: robot.did,
      collection: 'app.bsky.actor.profile',
      rkey: 'self',
      record,
    });
  }, 120_000);
  afterAll(() => network[Symbol.asyncDispose]());
  conversations('Bluesky', openConversation);
});
