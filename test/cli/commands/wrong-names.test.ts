import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../support/command.ts';
import { tempDir } from '../../support/temp.ts';

const configuration = `feeds: [{ name: news, platform: file, paths: [posts.jsonl] }, { name: blog, platform: file, paths: [blog.jsonl] }]
publishers: [{ name: diary, platform: log }]
channels: [{ name: desk, type: webhook, url: { env: HOME } }]
digests: [{ name: daily, timezone: UTC }, { name: weekly, timezone: UTC, period: week }]
web: { listen: null }
`;

/** Every name that a command takes, written wrongly, and what it says. */
const names: readonly (readonly [string, string])[] = [
  ['consent add masto ada', 'unknown platform `masto`; did you mean `mastodon`?'],
  ['consent remove blueski ada', 'unknown platform `blueski`; did you mean `bluesky`?'],
  ['forget mastodn:1', 'unknown platform `mastodn`; did you mean `mastodon`?'],
  ['review list --author twitter:1', 'unknown platform `twitter`; did you mean `x`?'],
  ['review reject --author nostrr:1', 'unknown platform `nostrr`; did you mean `nostr`?'],
  ['explain --text --platform blusky hello', 'unknown platform `blusky`; did you mean `bluesky`?'],
  ['explain --text --feed newz hello', 'unknown feed `newz`; did you mean `news`?'],
  ['rejects list --feed newz', 'unknown feed `newz`; did you mean `news`?'],
  ['rejects list --feed other', 'unknown feed `other`; known: news, blog'],
  ['pause --account dairy', 'unknown publisher `dairy`; did you mean `diary`?'],
  ['resume --account mastodon', 'unknown publisher `mastodon`; known: diary'],
  ['pause --platform mastodon', 'unknown platform of a publisher `mastodon`; known: log'],
  ['replies retry --state refused --publisher dairy', 'unknown publisher `dairy`; did you mean `diary`?'],
  ['replies move --from dairy --to diary', 'unknown publisher `dairy`; did you mean `diary`?'],
  ['replies move --from diary --to dairy', 'unknown publisher `dairy`; did you mean `diary`?'],
  ['digest --name dayly --preview', 'unknown digest `dayly`; did you mean `daily`?'],
  ['digest --preview', 'which digest? --name: daily, weekly'],
  ['digest --name daily --to desc', 'unknown target `desc`; did you mean `desk`?'],
  ['rules presets answer-when', 'unknown preset `answer-when`; did you mean `answer-when-asked`?'],
  ['run --workers pol,sweep', 'did you mean `poll`?'],
  ['completion fisch', "error: command-argument value 'fisch' is invalid for argument 'shell'. Allowed choices are"],
  ['replies list --state sendt', "error: option '--state <state...>' argument 'sendt' is invalid. Allowed choices are"],
  [
    'digest --name daily --format pdf',
    "error: option '--format <format>' argument 'pdf' is invalid. Allowed choices are",
  ],
  ['corpus import --format plus .', "error: option '--format <name>' argument 'plus' is invalid. Allowed choices are"],
  ['init --platform masto --yes', 'did you mean `mastodon`?'],
  ['digset', "error: unknown command 'digset'"],
];

test.each(names)('pilcrow %s: %s', async (written, message) => {
  const dir = await tempDir();
  const config = join(dir, 'pilcrow.yaml');
  writeFileSync(config, configuration);
  const { code, err } = await command([...written.split(' '), '--config', config], {
    env: { PILCROW_DATA: join(dir, 'data') },
  });
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
});

test('lines of a file may name any platform', async () => {
  const dir = await tempDir();
  writeFileSync(join(dir, 'pilcrow.yaml'), '');
  const add = ['consent', 'add', 'usenet', 'ada', '--config', join(dir, 'pilcrow.yaml')];
  expect(await command(add)).toMatchObject({ code: 0 });
});
