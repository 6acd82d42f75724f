import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { driver } from '../../../src/platforms/mastodon/driver.ts';
import { feedContract } from '../../contract/feed.ts';
import { openSnac, snacIsHere } from '../../servers/snac.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { asMastodon } from '../../support/fake-mastodon/state.ts';
import { startProxy } from '../../support/proxy.ts';
import { fakeServerContracts, marked, unmarked } from './contracts.ts';
import { feedConfig, openFeed } from './setup.ts';

fakeServerContracts('a small server that knows little', {
  ...asMastodon,
  version: '4.2.1 (compatible; Small 0.1)',
  sourceUrl: '',
  sinceIdIsKnown: false,
  anyIsKnown: false,
  keepsKeys: false,
});

describe.skipIf(!snacIsHere)('snac', () => {
  feedContract('mastodon (snac)', async () => {
    const snac = await openSnac(['bot', 'ada']);
    const proxy = await startProxy(snac.port);
    const context = await openTestContext([`127.0.0.1:${proxy.port}`]);
    const config = feedConfig([{ url: `http://127.0.0.1:${proxy.port}` }]);
    const ada = snac.people['ada']!;
    return {
      open: async () => unmarked(await openFeed(config, context)),
      check: () => driver.checkFeed!(config, context),
      async write(texts) {
        for (const text of texts) await ada.post(marked(text));
      },
      async writeHostile() {
        const { uri } = await ada.post('#cablegate nobody can read this');
        // As another server may send it: an address of its own that nothing can keep.
        const md5 = createHash('md5').update(uri).digest('hex');
        const file = join(snac.folder, 'object', md5.slice(0, 2), `${md5}.json`);
        const note = JSON.parse(readFileSync(file, 'utf8')) as object;
        writeFileSync(file, JSON.stringify({ ...note, id: `${uri}?${'x'.repeat(2000)}` }));
      },
      stall: () => proxy.become('black hole'),
      async [Symbol.asyncDispose]() {
        await context[Symbol.asyncDispose]();
        await proxy[Symbol.asyncDispose]();
        await snac[Symbol.asyncDispose]();
      },
    };
  });
});
