import { sql } from 'kysely';
import { isPostgres } from '../../src/ledger/db/queries.ts';
import type { Executor } from '../../src/ledger/db/schema.ts';
import type { Presence, StateTable } from '../../src/ledger/db/state-table.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { postStates } from '../../src/ledger/posts/states.ts';
import { replyStates } from '../../src/ledger/replies/states.ts';

type States = StateTable<string, string>;

const guarded: Readonly<Record<string, States>> = { posts: postStates, replies: replyStates };

/**
 * Makes the database refuse what the tables of states lack: a change from one state to another, a state of a new row, and columns that a
 * state must have or must not have. It records the changes in `state_changes`.
 */
export async function guardStates(ledger: Ledger): Promise<Ledger> {
  await ledger.transact(async (tx) => {
    await sql`create table if not exists state_changes (of_table text, before text, after text)`.execute(tx);
    for (const [table, states] of Object.entries(guarded)) {
      for (const statement of (isPostgres(tx) ? postgresGuard : sqliteGuard)(table, states)) {
        await sql.raw(statement).execute(tx);
      }
    }
  });
  return {
    ...ledger,
    async [Symbol.asyncDispose]() {
      const passing = await passingCancellations(ledger.db);
      await ledger.transact(removeGuard);
      await ledger[Symbol.asyncDispose]();
      if (passing.length > 0) throw new Error(`no transaction acted on the cancellation of ${passing.join(', ')}`);
    },
  };
}

/** The next test may use the same database, and its server stays. A file of SQLite does not. */
async function removeGuard(tx: Executor): Promise<void> {
  if (!isPostgres(tx)) return;
  const functions = Object.keys(guarded).flatMap((table) => checks.map((check) => `${table}_${check}`));
  await sql.raw(`drop function ${functions.join(', ')} cascade`).execute(tx);
}

/** The recorded changes of a table, such as `planned -> sending`. */
export async function stateChanges(db: Executor, table: string): Promise<string[]> {
  const { rows } = await sql<{ change: string }>`
    select distinct before || ' -> ' || after as change from state_changes where of_table = ${table}`.execute(db);
  return rows.map(({ change }) => change);
}

/** The `passing` columns are known to the transaction alone, so they are checked afterwards. */
async function passingCancellations(db: Executor): Promise<string[]> {
  const passing = Object.entries<States[string]>(replyStates).filter(
    ([, { has }]) => has['cancel_requested'] === 'passing',
  );
  const states = passing.map(([state]) => state);
  const { rows } = await sql<{ key: string }>`
    select key from replies where cancel_requested = 1 and state in (${sql.join(states)})`.execute(db);
  return rows.map(({ key }) => key);
}

function sqliteGuard(table: string, states: States): string[] {
  const refuse = (why: string) => `begin select raise(abort, ${why}); end`;
  return [
    `create trigger ${table}_first before insert on ${table}
      when new.state not in (${firstStates(states)}) ${refuse(firstFault(table))}`,
    `create trigger ${table}_change before update of state on ${table}
      when old.state || ' -> ' || new.state not in (${changes(states)}) ${refuse(changeFault(table))}`,
    ...['insert', 'update'].map(
      (write) => `create trigger ${table}_columns_${write} before ${write} on ${table}
      when ${hasWrongColumns(states)} ${refuse(columnsFault(table))}`,
    ),
    `create trigger ${table}_record after update of state on ${table}
      begin insert into state_changes values ('${table}', old.state, new.state); end`,
  ];
}

const checks = ['first', 'change', 'columns'] as const;

function postgresGuard(table: string, states: States): string[] {
  const refuse = (why: string) => `raise exception '%', ${why};`;
  const check = (
    name: (typeof checks)[number],
    body: string,
  ) => `create function ${table}_${name}() returns trigger language plpgsql as
    $$ begin ${body} return new; end $$`;
  return [
    check('first', `if new.state not in (${firstStates(states)}) then ${refuse(firstFault(table))} end if;`),
    `create trigger a before insert on ${table} for each row execute function ${table}_first()`,
    check(
      'change',
      `if old.state || ' -> ' || new.state not in (${changes(states)}) then ${refuse(changeFault(table))} end if;
      insert into state_changes values ('${table}', old.state, new.state);`,
    ),
    `create trigger b before update of state on ${table} for each row execute function ${table}_change()`,
    check('columns', `if ${hasWrongColumns(states)} then ${refuse(columnsFault(table))} end if;`),
    `create trigger c before insert or update on ${table} for each row execute function ${table}_columns()`,
  ];
}

const firstFault = (table: string) => `'new rows of ${table} are not ' || new.state`;
const changeFault = (table: string) => `'${table} do not go ' || old.state || ' -> ' || new.state`;
const columnsFault = (table: string) => `'${table} have other columns when ' || new.state`;

function firstStates(states: States): string {
  return listOf(Object.keys(states).filter((state) => states[state]?.first !== undefined));
}

function changes(states: States): string {
  return listOf(
    Object.entries(states).flatMap(([state, { next }]) => Object.keys(next).map((after) => `${state} -> ${after}`)),
  );
}

function listOf(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ');
}

/** Condition on a new row. */
function hasWrongColumns(states: States): string {
  const columns = [...new Set(Object.values(states).flatMap(({ has }) => Object.keys(has)))];
  const cases = Object.entries(states).map(([state, { has }]) => {
    const faults = columns.map((column) => faultOf(column, has[column])).filter((fault) => fault !== undefined);
    return `when '${state}' then ${faults.join(' or ')}`;
  });
  // In parentheses, so that PL/pgSQL takes no `then` of the cases for its own.
  return `(case new.state ${cases.join('\n')} end)`;
}

function faultOf(column: string, presence: Presence | undefined): string | undefined {
  if (presence === 'set' || presence === 'remains') return `new.${column} is null`;
  if (presence !== undefined) return undefined;
  return `coalesce(cast(new.${column} as text), '0') <> '0'`;
}
