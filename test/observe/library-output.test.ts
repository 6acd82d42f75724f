import pg from 'pg';
import { expect, test, vi } from 'vitest';
import type { BotEvent } from '../../src/core/event.ts';
import { JsonColumn, readEach } from '../../src/ledger/db/json-column.ts';
import { redirectLibraryOutput } from '../../src/observe/library-output.ts';
import { wait } from '../support/wait.ts';

test('what is printed to the console, and what pg and the ledger warn of, becomes events until it is over', async () => {
  const events: BotEvent[] = [];
  const printer = globalThis.console;
  const methods = { ...printer };
  const listeners = process.listeners('warning');
  const redirected = redirectLibraryOutput((event) => events.push(event));
  try {
    printer.warn('\u001B[33mmissed %s\u001B[0m', 'execution');
    const client = new pg.Client({ connectionString: 'postgres://127.0.0.1/ledger?sslmode=require' });
    expect(client.host).toBe('127.0.0.1');
    const warning = expect.objectContaining({ message: expect.stringContaining('SECURITY WARNING: The SSL modes') });
    await vi.waitFor(() => expect(events).toContainEqual(warning), wait);
    const column = new JsonColumn<string>('posts.note');
    const text = column.encode('neither an object nor an array');
    readEach([text, text], (one) => column.decode(one, 'log:secret'));
    const message = 'skipped a row with an unreadable posts.note: `pilcrow ledger check` names it';
    const skipped = { kind: 'error', what: 'ledger', message };
    await vi.waitFor(() => expect(events.filter(({ kind }) => kind === 'error')).toEqual([skipped]), wait);
  } finally {
    redirected[Symbol.dispose]();
  }
  expect(events).toContainEqual({ kind: 'info', what: 'library', message: 'missed execution' });
  expect({ ...printer }).toEqual(methods);
  expect(process.listeners('warning')).toEqual(listeners);
});
