import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config/read.ts';
import { openWeb } from '../../../src/web/server.ts';
import { drain } from '../../../workers/index.ts';
import { freePort } from '../../servers/free-port.ts';
import { tempDir } from '../../support/temp.ts';
import { configuration } from '../../support/workplace.ts';

/** A whole bot with public cable pages, which reads a feed and notifies the site of it. */
export async function openNotifyingBot({ feed, site, allow }: Readonly<Record<'feed' | 'site' | 'allow', string>>) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const config = join(await tempDir(), 'pilcrow.yaml');
  const publisher = `  - { name: blogs, platform: webmention, mode: open, confirmOpen: blogs, sites: ['${site}'], limits: { authorCooldown: 0s } }`;
  const text = configuration(
    [`  - { name: blog, platform: rss, url: '${feed}', publisher: blogs, every: 1m }`],
    `network: { allowPrivate: ['${allow}', '127.0.0.1:${port}'] }
web: { listen: '127.0.0.1:${port}', cables: public, publicUrl: '${origin}' }\n`,
  );
  writeFileSync(config, text.replace('publishers:\n', `publishers:\n${publisher}\n`));
  const { signal } = new AbortController();
  const world = { emit: () => {}, stopping: signal, hurry: signal, queue: 'none' as const };
  const app = await openApp(readConfig({ config }), world);
  onTestFinished(() => app[Symbol.asyncDispose]());
  const limits = async (name: string) => (await app.publisher(name))?.limits;
  const web = await openWeb({ ...app, version: 'test', limits, nudge: () => {} });
  onTestFinished(() => web[Symbol.asyncDispose]());
  return {
    app,
    config,
    page: `${origin}/cable/07ASTANA2244`,
    work: () => drain(app),
    replies: () => app.ledger.db.selectFrom('replies').select(['state', 'reason', 'publisher']).execute(),
  };
}
