import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

test.each([
  ['0.0.0.0:9464', '0.0.0.0:8190, publicUrl: https://a.example', ['observe', 'web', 'web']],
  ['127.0.0.1:9464', '127.0.0.1:8190, publicUrl: https://a.example, trustedProxies: [127.0.0.1]', []],
  ['null', '127.0.0.1:8190', []],
  ['null', 'null', []],
])('doctor notes what strangers may reach: metrics at %s, page at %s', async (observe, web, notes) => {
  const config = writeWorkplace(await tempDir(), []);
  writeFileSync(config, readFileSync(config, 'utf8').replace(/^web: .*\n/m, ''));
  appendFileSync(
    config,
    `web: { listen: ${web} }\nobserve: { listen: ${observe === 'null' ? observe : `"${observe}"`} }\n`,
  );
  const { out } = await command(['doctor', '--json', '--config', config]);
  const checks = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; state: string });
  expect(checks.filter(({ name }) => ['observe', 'web'].includes(name)).map(({ name }) => name)).toEqual(notes);
});
