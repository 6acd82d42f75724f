import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { seeded } from '../support/make-posts.ts';
import { openLaboratory, readMutants } from '../support/mutants.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const mutants = readMutants();
const random = seeded(20101128);
/** Those of the servers' drivers need the servers: the whole proof has them. */
const needsServer = /postgres|bullmq/;
const sample = mutants
  .filter(({ killedBy }) => !killedBy.some((file) => needsServer.test(file)))
  .toSorted(() => random() - 0.5)
  .slice(0, 3);

test('there are at least 25 bugs, each as a patch that applies and names tests that are there', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(25);
  for (const { name, patch, killedBy } of mutants) {
    execFileSync('git', ['apply', '--check', patch], { cwd: root, stdio: 'pipe' });
    for (const file of killedBy) expect(existsSync(`${root}${file}`), `${name}: ${file}`).toBe(true);
  }
});

test(
  `the tests notice ${sample.length} of the ${mutants.length} bugs: npm run prove mutants tries all`,
  { timeout: 180_000 },
  async () => {
    await using laboratory = await openLaboratory();
    for (const mutant of sample) {
      const { failed, passed } = await laboratory.infect(mutant);
      expect(failed, `${mutant.name}: ${mutant.what} (${passed} tests pass)`).toBeGreaterThan(0);
    }
  },
);
