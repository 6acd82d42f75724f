import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type BlueskyNetwork, type Member, blueskyIsHere, startBluesky } from '../../servers/bluesky.ts';
import { tempDir } from '../../support/temp.ts';
import { pilcrow } from '../../support/workplace.ts';
import { wait } from '../../support/wait.ts';

const root = new URL('../../..', import.meta.url).pathname;
const question = '#cablegate #07ASTANA2244 ¶5';

describe.skipIf(!blueskyIsHere)('the bot on a real network', () => {
  let network: BlueskyNetwork;
  let bot: Member;
  let ada: Member;
  let eve: Member;
  beforeAll(async () => {
    network = await startBluesky();
    [bot, ada, eve] = [await network.join('cable-bot'), await network.join('ada'), await network.join('eve')];
  }, 120_000);
  afterAll(() => network[Symbol.asyncDispose]());

  async function workplace() {
    const dir = await tempDir();
    const config = join(dir, 'pilcrow.yaml');
    const account = `identifier: ${bot.handle}, service: '${network.pds}', password: { env: BLUESKY_PASSWORD }`;
    writeFileSync(
      config,
      `data: data
feeds:
  - { name: bluesky, platform: bluesky, every: 1s, source: firehose, hosts: ['${network.pds.replace('http', 'ws')}'], silence: 1h, account: { ${account} } }
publishers:
  - { name: bluesky, platform: bluesky, ${account}, mode: summoned }
  - { name: log, platform: log }
rules: ${root}config/rules.yaml
templates: ${root}config/templates
corpus: [${root}config/sample]
`,
    );
    return () => {
      const run = pilcrow(['run', '--config', config], { env: { BLUESKY_PASSWORD: bot.password } });
      onTestFinished(async () => {
        run.child.kill('SIGKILL');
        await run.exited;
      });
      return run;
    };
  }

  const asks = (member: Member, text = question) => {
    const name = `@${bot.handle}`;
    const features = [{ $type: 'app.bsky.richtext.facet#mention', did: bot.did }];
    return member.agent.post({
      text: `${name} ${text}`,
      facets: [{ index: { byteStart: 0, byteEnd: Buffer.byteLength(name) }, features }],
    });
  };

  interface Answer {
    readonly uri: string;
    readonly cid: string;
    readonly value: { text: string; reply?: { parent: { uri: string } }; facets?: { features: { uri?: string }[] }[] };
  }
  async function answersTo({ uri }: { uri: string }): Promise<Answer[]> {
    const params = { repo: bot.did, collection: 'app.bsky.feed.post', limit: 100 };
    const { data } = await bot.agent.com.atproto.repo.listRecords(params);
    return (data.records as unknown as Answer[]).filter(({ value }) => value.reply?.parent.uri === uri);
  }
  const answered = (post: { uri: string }, record: () => string) =>
    vi.waitFor(
      async () => {
        const answers = await answersTo(post);
        expect(answers, record()).toHaveLength(1);
        return answers[0]!;
      },
      { ...wait, interval: 200 },
    );

  test('answers a mention once, in its thread, with a link; over a kill -9; and is silent after “stop”', async () => {
    const start = await workplace();
    const first = start();
    const record = () => `${first.out}${first.err}`;
    const unasked = await ada.agent.post({ text: question });
    const asked = await asks(ada);
    const answer = await answered(asked, record);
    expect(answer.value.facets?.flatMap(({ features }) => features.map(({ uri }) => uri)).join()).toMatch(
      /07ASTANA2244/,
    );
    expect(await answersTo(unasked)).toEqual([]);

    first.child.kill('SIGKILL');
    await first.exited;
    const meanwhile = await asks(eve);
    const second = start();
    await answered(meanwhile, () => `${second.out}${second.err}`);
    expect(await answersTo(asked)).toHaveLength(1);

    await ada.agent.post({ text: 'stop', reply: { root: asked, parent: answer } });
    await vi.waitFor(
      async () => {
        const deleted = await asks(ada, '#cablegate #07ASTANA2244 ¶3');
        expect(second.out).toMatch(/silence/);
        expect(await answersTo(deleted)).toEqual([]);
      },
      { ...wait, interval: 1000 },
    );
    second.child.kill('SIGTERM');
    expect(await second.exited).toBe(0);
  }, 120_000);
});
