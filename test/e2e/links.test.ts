import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordLinks } from '../../src/ledger/links/link-checks.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { command } from '../support/command.ts';
import { testClock } from '../support/clock.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

test(
  'links that nobody looks at cannot be asked for; those that are gone are listed, counted, and linked to no more',
  { timeout: 120_000 },
  async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, []);
    const url = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html';
    const run = (...args: string[]) => command([...args, '--config', config]);
    expect(await run('links', 'check', '--all')).toMatchObject({
      code: 2,
      err: expect.stringContaining('enabled: true'),
    });

    appendFileSync(config, 'links: { check: { enabled: true } }\n');
    expect(await run('links', 'check', `${url}#par5`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 page is due'),
    });
    {
      await using ledger = await openSqliteLedger({ file: join(dir, 'data/ledger.db'), clock: testClock() });
      const deadSince = Date.UTC(2026, 2, 1);
      await ledger.transact(async (tx) => {
        await tx
          .updateTable('link_checks')
          .set({ state: 'dead', dead_since: deadSince, reason: 'status 404' })
          .execute();
        await recordLinks(tx, [
          { url: 'https://wikileaks.org/other', host: 'wikileaks.org', wanted: null, at: deadSince },
        ]);
      });
    }
    const listed = await run('links', 'list', '--dead', '--json');
    expect(
      listed.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual([
      expect.objectContaining({ url, state: 'dead', deadSince: '2026-03-01T00:00:00.000Z', reason: 'status 404' }),
    ]);
    const doctor = await run('doctor');
    expect(doctor.out).toContain('1 new, 1 dead');
    expect(doctor.out).toContain(`${url} has been dead since 2026-03-01: status 404`);
    const resolved = JSON.parse((await run('resolve', '--json', '#07ASTANA2244 ¶5')).out) as { links: object[] };
    expect(resolved.links).toMatchObject([
      { target: 'plusd' },
      { target: 'cablegatesearch' },
      { target: 'cabledrum' },
      {
        target: 'viewer',
        url: `${url}#par5`,
        exact: false,
        why: 'the page at wikileaks.org has been gone since 2026-03-01',
      },
    ]);
  },
);
