import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../temp.ts';
import { type Final, judge } from './oracle.ts';
import { type Entry, openRecord } from './record.ts';

const clean = { lost: [], doubled: [], false: [], breaches: 0 };

function reply(id: string, source: string): Entry {
  return { kind: 'posted', at: 1, id, marker: null, idempotencyKey: null, sentAt: 1, source, text: 'x', showsAt: 1 };
}

function final(state: Final['state'], reason: string | null = null, replyId: string | null = null): Final {
  return { state, reason, replyId };
}

async function verdict(entries: readonly Entry[], finals: Record<string, Final>, cited = [{ id: 'p' }]) {
  const record = join(await tempDir(), 'platform.jsonl');
  const written = openRecord(record, () => {});
  for (const entry of entries) written.write(entry);
  return judge({ record, cited, finals: new Map(Object.entries(finals)) });
}

test('a reply that stands and is said to is all that is asked', async () => {
  expect(await verdict([reply('1', 'p')], { p: final('sent', null, '1') })).toEqual(clean);
});

test('lost: nothing on the platform and nothing final said', async () => {
  expect(await verdict([], {})).toEqual({ ...clean, lost: ['p'] });
  expect(await verdict([], { p: final('refused') })).toEqual({ ...clean, lost: ['p'] });
  expect(await verdict([], { p: final('refused', '403') })).toEqual(clean);
  expect(await verdict([], { p: final('abandoned', 'outcome unknown: not found') })).toEqual(clean);
});

test('doubled: two replies to one post, or to one scope, unless one was withdrawn before the other was posted', async () => {
  const two = [reply('1', 'p'), reply('2', 'p')];
  const sent = { p: final('sent', null, '1') };
  expect(await verdict(two, sent)).toEqual({ ...clean, doubled: ['p'] });
  const withdrawn: Entry = { kind: 'withdrawn', at: 2, id: '1' };
  expect(await verdict([...two, withdrawn], { p: final('sent', null, '2') })).toEqual({ ...clean, doubled: ['p'] });
  expect(await verdict([two[0]!, withdrawn, two[1]!], { p: final('sent', null, '2') })).toEqual(clean);
  const scoped = ['p', 'q'].map((id) => ({ id, scope: 'thread' }));
  const answers = [reply('1', 'p'), reply('2', 'q')];
  const both = { p: final('sent', null, '1'), q: final('sent', null, '2') };
  expect(await verdict(answers, both, scoped)).toEqual({ ...clean, doubled: ['thread'] });
});

test.each([
  ['sent, and nothing is there', [], final('sent', null, '1')],
  ['sent, and another reply is there', [reply('2', 'p')], final('sent', null, '1')],
  ['refused, and it is there', [reply('1', 'p')], final('refused', '403')],
  ['withdrawn, and it is there', [reply('1', 'p')], final('withdrawn')],
  ['abandoned before it was sent, and it is there', [reply('1', 'p')], final('abandoned', 'withdrawn by the operator')],
])('false: said to be %s', async (_what, entries, said) => {
  expect(await verdict(entries, { p: said })).toMatchObject({ false: ['p'] });
});

test('false: the post names another paragraph than its reply links to', async () => {
  const author = { id: 'ada', handle: 'ada', bot: false };
  const post = {
    id: 'p',
    author,
    text: '',
    createdAt: 1,
    editedAt: null,
    inReplyTo: null,
    thread: 'p',
    mentionsBot: true,
  };
  const edited = (text: string): Entry => ({ kind: 'source', at: 1, event: 'edit', post: { ...post, text } });
  const linking = { ...reply('1', 'p'), text: 'https://site.example/cable#par7' };
  const said = { p: final('sent', null, '1') };
  expect(await verdict([edited('#07ASTANA2244 ¶5'), linking], said)).toEqual({ ...clean, false: ['p'] });
  expect(await verdict([edited('#07ASTANA2244 ¶5'), edited('@bot and ¶7?'), linking], said)).toEqual(clean);
});

test('breaches are counted', async () => {
  const breach: Entry = { kind: 'breach', at: 1, of: 'call', key: 'p' };
  const said = { p: final('sent', null, '1') };
  expect(await verdict([reply('1', 'p'), breach, breach], said)).toEqual({ ...clean, breaches: 2 });
});
