import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { messageOf, UsageError } from '../../src/core/errors.ts';
import { allMigrations, checkSchema, migrate } from '../../src/ledger/db/migrations.ts';
import type { Ledger, LedgerReader } from '../../src/ledger/ledger.ts';
import { postRow } from '../../src/ledger/posts/posts.ts';
import { steps } from '../support/ledger.ts';
import { post } from '../support/posts.ts';
import { columnsIn, declaredColumns } from '../support/row-types.ts';

/** A database that is empty at first. */
export interface LedgerPlace {
  readonly name: string;
  open(): Promise<Ledger>;
  read(): Promise<LedgerReader | undefined>;
  /** Runs SQL beside it. */
  run(statement: string): Promise<void>;
}

const latest = Object.keys(allMigrations).at(-1);
const root = new URL('../..', import.meta.url).pathname;
const newer = {
  up: (db: Parameters<typeof migrate>[0]) => db.schema.alterTable('posts').addColumn('more', 'text').execute(),
};

/** How a ledger is brought to the schema of this version, the same for every database. */
export function migrationsContract(newPlace: () => Promise<LedgerPlace>): void {
  test('give every table the columns that its row type declares', async () => {
    await using ledger = await (await newPlace()).open();
    const declared = declaredColumns(root);
    expect(declared.length).toBeGreaterThan(150);
    expect(await columnsIn(ledger.db)).toEqual(declared);
  });

  test('of a later version are added to a ledger of this one, whose rows stay', async () => {
    await using ledger = await (await newPlace()).open();
    await steps(() => ledger).keep('1');
    await ledger.transact((tx) => migrate(tx, 'x', { migrations: { ...allMigrations, '9998-more': newer } }));
    expect(await postRow(ledger.db, 'file:1')).toMatchObject({ state: 'pending', more: null });
  });

  test.each([
    ['planned', 0, 'https://evil.example', 'as in the post above'],
    ['held', 0, 'porn, graphic-media', 'porn, graphic-media'],
    ['unknown', 1, 'https://evil.example', 'https://evil.example'],
  ])('give a reply that is %s after %i attempts, to a post with warning %j, its own: %j', async (...row) => {
    const [state, attempts, warning, expected] = row;
    await using ledger = await (await newPlace()).open();
    await steps(() => ledger).plan(post({ id: '1' }));
    const { payload } = await ledger.db.selectFrom('replies').select('payload').executeTakeFirstOrThrow();
    const old = payload.replace('"replyTo":{', `"replyTo":{"warning":${JSON.stringify(warning)},`);
    await ledger.transact(async (tx) => {
      await sql`update replies set payload = ${old}, state = ${state}, attempts = ${attempts}`.execute(tx);
      await allMigrations['0008-warnings']?.up(tx);
    });
    const changed = await ledger.db.selectFrom('replies').select('payload').executeTakeFirstOrThrow();
    expect(JSON.parse(changed.payload)).toEqual({ ...JSON.parse(payload), warning: expected });
  });

  test('that fail leave nothing behind, so that the next start can run them', async () => {
    const place = await newPlace();
    await place.run('create table settings (name text)');
    await expect(place.open()).rejects.toThrow('cannot be opened');
    await place.run('drop table settings');
    await using ledger = await place.open();
    expect((await steps(() => ledger).keep('1')).fresh).toEqual(['file:1']);
  });

  const refused = [
    [
      'a newer version',
      [...Object.keys(allMigrations), '9998-more', '9999-most'],
      `was made by a newer pilcrow: it has the migrations \`9998-more\`, \`9999-most\`, and this version knows migrations up to \`${latest}\`. Upgrade pilcrow, or restore a backup of the ledger`,
    ],
    [
      'a version before the first release',
      ['2026-11-ledger'],
      'was made before the first release (migration `2026-11-ledger`; this version starts with `0001-initial`) and cannot be read: move it away and start with an empty one, which takes posts that are already answered for new',
    ],
  ] as const;
  test.each(refused)('of %s are named in one line that says what to do', async (_version, names, message) => {
    const place = await newPlace();
    await (await place.open())[Symbol.asyncDispose]();
    await place.run('delete from kysely_migration');
    for (const name of names)
      await place.run(`insert into kysely_migration (name, timestamp) values ('${name}', '2026-11-29T12:00:00Z')`);
    for (const open of [() => place.open(), () => place.read()]) {
      const error = await open().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(UsageError);
      expect(messageOf(error)).toBe(`the ledger ${place.name} ${message}`);
    }
  });

  describe('that a ledger lacks', () => {
    test('are named to those who only read it, with the commands that add them', async () => {
      await using ledger = await (await newPlace()).open();
      const check = checkSchema(ledger.db, 'x', { ...allMigrations, '9998-more': newer });
      await expect(check).rejects.toThrow(
        /^the ledger x is of an older pilcrow: it lacks the migration `9998-more`. `pilcrow run` or `pilcrow once` upgrades it$/,
      );
    });

    test('are damage, if later ones have run', async () => {
      await using ledger = await (await newPlace()).open();
      const check = checkSchema(ledger.db, 'x', { '0000-first': newer, ...allMigrations });
      await expect(check).rejects.toThrow(
        `the ledger x is damaged: it lacks the migration \`0000-first\`, although it has the later \`${latest}\`. Restore a backup of the ledger`,
      );
    });
  });
}
