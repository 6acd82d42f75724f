import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readYamlFrom } from '../../src/config/yaml/yaml-file.ts';
import { rulesSchema } from '../../src/rules/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'pilcrow-rules-'));
const file = join(folder, 'rules.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const schema = rulesSchema({ feeds: ['sample'] });
const one = (rest: string) => `rules:\n  - name: a\n${rest}`;

test('good rules are read, a single word as a list of one', () => {
  writeFileSync(
    file,
    one('    when: { feed: sample, hashtags: "#CableGate", status: [resolved, ambiguous] }\n    action: reply\n'),
  );
  expect(readYamlFrom(file, schema)).toEqual({
    rules: [
      {
        name: 'a',
        when: { feed: ['sample'], hashtags: ['cablegate'], status: ['resolved', 'ambiguous'] },
        action: 'reply',
      },
    ],
  });
});
