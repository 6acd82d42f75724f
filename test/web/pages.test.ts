import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { buildDigest, editionFrom } from '../../src/operations/digests/build-digest.ts';
import { builtInFolder } from '../../src/config/built-in.ts';
import type { Config } from '../../src/config/config.ts';
import { SecretValue } from '../../src/core/secret.ts';
import { whyNotInstallable } from '../../src/operations/install-rules.ts';
import { addDays, localTime } from '../../src/core/zone.ts';
import { editions, insertEdition } from '../../src/ledger/digests/editions.ts';
import { planOf } from '../support/digests.ts';
import { auditLog } from '../../src/ledger/operators/audit-log.ts';
import { isOptedOut } from '../../src/ledger/operators/consents.ts';
import { waitingWork } from '../../src/ledger/operators/waiting-work.ts';
import { pauses } from '../../src/ledger/accounts/accounts.ts';
import { replyRow } from '../../src/ledger/replies/replies.ts';
import { evil, faultsOf } from '../support/html.ts';
import { pathsWith } from '../support/operator-paths.ts';
import { heldRules, openClient, openSite, people } from '../support/web.ts';

const paths = pathsWith('file:1');
const harmful =
  /<script(?! src="\/assets\/[0-9a-f]{12}\/pilcrow\.js" defer)|<img|<svg(?!\s+class="sparkline)|onerror=alert\(2\)>['"]?</i;

describe('every page', () => {
  test('is valid HTML, full and empty, and shows each role only its own actions', async () => {
    const full = await openSite({ login: true, rules: heldRules });
    for (const name of Object.keys(people)) {
      const client = openClient(full);
      await client.login(name);
      for (const path of paths) {
        const answer = await client.get(path);
        expect([name, path, answer.status]).toEqual([name, path, 200]);
        const page = await answer.text();
        expect([path, await faultsOf(page)]).toEqual([path, []]);
        const forms = [...page.matchAll(/<form[^>]*method="post" action="([^"]+)"/g)].map(([, action]) => action);
        const mine = { vera: ['/logout', '/rules'], rita: ['/logout', '/rules', '/review'] }[name];
        if (mine !== undefined) expect(mine).toEqual(expect.arrayContaining([...new Set(forms)]));
      }
    }
    const none = openClient(await openSite({ posts: [] }));
    for (const path of [...paths.filter((one) => !one.startsWith('/posts')), '/nothing', '/posts/none'])
      expect([path, await faultsOf(await none.page(path))]).toEqual([path, []]);
  });

  test('of the navigation is among those that tests and benches go through', async () => {
    const client = openClient(await openSite({ login: true }));
    await client.login('olga');
    const [, nav = ''] = /<nav class="main"(.*?)<\/nav>/s.exec(await client.page('/')) ?? [];
    const listed = [...nav.matchAll(/href="([^"]+)"/g)].map(([, path = '']) => path);
    expect(listed.length).toBeGreaterThan(8);
    expect(listed.filter((path) => ![...paths, '/cables'].includes(path))).toEqual([]);
  });

  test('refuses what a role does not permit', async () => {
    const site = await openSite({ login: true, rules: heldRules });
    const actions: readonly [string, Record<string, string>, 'reviewer' | 'operator'][] = [
      ['/review', { key: 'file:1', choice: 'approve' }, 'reviewer'],
      ['/pause', { scope: 'all', reason: 'x' }, 'operator'],
      ['/pause/resume', { scope: 'all' }, 'operator'],
      ['/rules', { do: 'check', draft: 'rules: []' }, 'operator'],
      ['/rules', { do: 'install', draft: heldRules }, 'operator'],
      ['/dead-letters', { key: 'file:1' }, 'operator'],
      ['/consent', { platform: 'file', id: 'x', choice: 'out', reason: 'x' }, 'operator'],
      ['/consent/remove', { person: 'file:x' }, 'operator'],
    ];
    for (const name of ['vera', 'rita'] as const) {
      const client = openClient(site);
      await client.login(name);
      const token = await client.token('/');
      for (const [path, fields, role] of actions) {
        if (people[name] === role) continue;
        const answer = await client.post(path, { token, ...fields });
        expect([name, path, answer.status]).toEqual([name, path, 403]);
      }
    }
    expect((await auditLog(site.app.ledger.db, { limit: 9 })).map(({ action }) => action)).toEqual(['login', 'login']);
  });

  test('escapes text from strangers', async () => {
    const posts = [
      {
        id: evil,
        text: `#07ASTANA2244 ¶5 ${evil}`,
        author: { id: evil, handle: evil, name: evil },
        url: `https://x.example/${evil}`,
      },
      { id: '2', text: `#07ASTANA2244 ¶6 ${evil}`, url: `javascript:alert(1)//${evil}`, language: evil },
    ];
    const { app, ...site } = await openSite({ posts, rules: heldRules });
    const client = openClient(site);
    await client.submit('/review', { key: 'file:2', choice: 'edit', text: evil });
    await client.submit('/review', { key: `file:${evil}`, choice: 'reject', reason: evil });
    await client.submit('/pause', { scope: 'all', reason: evil });
    await client.submit('/consent', { platform: 'file', id: evil, choice: 'out', reason: evil });
    await app.ledger.transact(async (tx) => {
      await tx.updateTable('feeds').set({ last_error: evil }).execute();
      await tx
        .updateTable('posts')
        .set({ state: 'failed', error: evil, due_at: null })
        .where('key', '=', 'file:2')
        .execute();
      const notice = { id: evil, channel: evil, post_key: 'file:2', attempts: 9, error: evil, at: 0 };
      await tx.insertInto('notices').values(notice).execute();
      await tx
        .updateTable('replies')
        .set({ state: 'abandoned', due_at: null, reason: evil })
        .where('key', '=', 'file:2')
        .execute();
    });
    const seen = [
      ...paths,
      `/posts/${encodeURIComponent(`file:${evil}`)}`,
      '/posts/file%3A2',
      `/mentions?q=${encodeURIComponent(evil)}&platform=${encodeURIComponent(evil)}`,
      `/audit?target=${encodeURIComponent(evil)}`,
      `/${encodeURIComponent(evil)}`,
    ];
    for (const path of seen.filter((one) => one !== '/posts/file%3A1')) {
      const page = await client.page(path);
      expect([path, harmful.exec(page)?.[0]]).toEqual([path, undefined]);
      expect([path, /href="(?!\/|#|https?:\/\/)[^"]*"/.exec(page)?.[0]]).toEqual([path, undefined]);
      expect([path, page.includes('\u202e')]).toEqual([path, false]);
      expect([path, await faultsOf(page)]).toEqual([path, []]);
    }
    const draft = await (
      await client.submit('/rules', { do: 'check', draft: `rules: [{ name: "${evil}", ${evil} }]</textarea><script>` })
    ).text();
    expect(harmful.exec(draft)?.[0]).toBeUndefined();
    client.cookies.set('pilcrow-flash', encodeURIComponent(evil));
    expect(harmful.exec(await client.page('/'))?.[0]).toBeUndefined();
  });
});

describe('review', () => {
  test('an edited and approved reply is sent with its new text, and the audit log names the reviewer', async () => {
    const site = await openSite({ login: true, rules: heldRules });
    const client = openClient(site);
    await client.login('rita');
    await client.submit('/review', { key: 'file:1', choice: 'edit', text: 'other words' });
    expect((await client.submit('/review', { key: 'file:1', choice: 'approve' })).headers.get('location')).toBe(
      '/review',
    );
    expect(await client.page('/review')).toContain('file:1: approved');
    await site.work();
    const row = await replyRow(site.app.ledger.db, 'file:1');
    expect(row).toMatchObject({ state: 'sent', payload: expect.stringContaining('other words') });
    expect(await auditLog(site.app.ledger.db, { limit: 2 })).toMatchObject([
      { actor: 'rita', action: 'review approve', target: 'file:1' },
      { actor: 'rita', action: 'review edit', note: 'other words' },
    ]);
  });

  test('the post above is shown, and an edit that lost the link is warned about', async () => {
    const posts = [
      { id: '1', text: '#07ASTANA2244 ¶1 so said they' },
      { id: '2', text: '@bot and ¶8?', summoned: true, inReplyTo: '1' },
    ];
    const client = openClient(await openSite({ rules: heldRules, posts }));
    const page = await client.page('/review');
    expect(page).toMatch(/In reply to <strong>@.*\s*<blockquote class="words context">#07ASTANA2244 ¶1 so said they</);
    expect(page).not.toContain('no link to the cable');
    await client.submit('/review', { key: 'file:2', choice: 'edit', text: 'See https://evil.example/' });
    const warned = (await client.page('/review')).match(/The text has no link to the cable/g);
    expect(warned).toHaveLength(2);
    expect(await faultsOf(await client.page('/review'))).toEqual([]);
  });

  test('when two people approve at once, one wins and the other gets an error', async () => {
    const site = await openSite({ login: true, rules: heldRules });
    const [one, other] = [openClient(site), openClient(site)];
    await one.login('rita');
    await other.login('olga');
    const answers = await Promise.all(
      [one, other].map((each) => each.submit('/review', { key: 'file:1', choice: 'approve' })),
    );
    const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
    expect([won?.status, lost?.status]).toEqual([303, 409]);
    expect(await lost?.text()).toContain('it is planned now');
    const approvals = (await auditLog(site.app.ledger.db, { limit: 9, target: 'file:1' })).filter(
      ({ action }) => action === 'review approve',
    );
    expect(approvals).toHaveLength(1);
  });

  test('shows everybody although one author floods it, and decides about all replies to an author', async () => {
    const text = '#07ASTANA2244 ¶5';
    const flood = Array.from({ length: 60 }, (_, i) => ({ id: `m${i}`, author: 'mallory', text }));
    const posts = [...flood, { id: 'honest', author: 'ada', text }];
    const site = await openSite({ login: true, rules: heldRules, posts });
    const client = openClient(site);
    await client.login('rita');
    const page = await client.page('/review');
    expect(page).toContain('/posts/file%3Ahonest');
    expect(page).toContain('file:mallory: 20 replies');
    expect(page.match(/<article>/g)).toHaveLength(4);
    const all = await client.page('/review?author=file%3Amallory');
    expect(all.match(/<article>/g)).toHaveLength(20);
    expect((await client.submit('/review', { author: 'file:mallory', choice: 'reject' })).status).toBe(400);
    const decision = { author: 'file:mallory', choice: 'reject', reason: 'spam' };
    expect((await client.submit('/review', decision)).status).toBe(303);
    expect(await client.page('/review')).toContain('file:mallory: 20 replies, rejected');
    expect((await client.submit('/review', decision)).status).toBe(409);
    expect((await client.page('/review')).match(/<article>/g)).toHaveLength(1);
    const [entry] = await auditLog(site.app.ledger.db, { limit: 1 });
    expect(entry).toMatchObject({ actor: 'rita', action: 'review reject all', target: 'file:mallory', note: 'spam' });
  });

  test('several replies are decided about at once, and one that was decided already is counted', async () => {
    const site = await openSite({ rules: heldRules });
    const client = openClient(site);
    expect(await client.page('/review')).toMatch(/type="checkbox" form="bulk" name="keys" value="file%3A1"/);
    await client.submit('/review', { key: 'file%3A3', choice: 'approve' });
    const send = async (choice: string, keys: readonly string[]) => {
      const fields = [
        ['token', await client.token('/pause')],
        ['bulk', 'yes'],
        ['choice', choice],
        ...keys.map((key) => ['keys', key]),
      ];
      const body = new URLSearchParams(fields.map(([name = '', value = '']): [string, string] => [name, value]));
      return await client.send('/review', { method: 'POST', body, headers: { origin: site.origin } });
    };
    expect((await send('approve', [])).status).toBe(400);
    expect((await send('reject', ['file%3A1'])).status).toBe(400);
    expect((await send('approve', ['file%3A1', 'file%3A2', 'file%3A3'])).status).toBe(303);
    expect(await client.page('/review')).toContain('2 replies approved, will be sent now, 1 had been decided already');
    const states = await Promise.all([1, 2].map((id) => replyRow(site.app.ledger.db, `file:${id}`)));
    expect(states.map((row) => row?.state)).toEqual(['planned', 'planned']);
  });

  test('has pages, so that every author is shown', async () => {
    const posts = Array.from({ length: 60 }, (_, i) => ({ id: `${i}`, author: `a${i}`, text: '#07ASTANA2244 ¶5' }));
    const site = await openSite({ rules: heldRules, posts });
    const client = openClient(site);
    const first = await client.page('/review');
    const next = /href="([^"]+)" rel="next"/.exec(first)?.[1] ?? '';
    const second = await client.page(next.replaceAll('&amp;', '&'));
    expect([first, second].map((page) => page.match(/<article>/g)?.length)).toEqual([50, 10]);
    expect(second).not.toContain('rel="next"');
  });

  test('a rejection needs a reason, an edit a text', async () => {
    const site = await openSite({ rules: heldRules });
    const client = openClient(site);
    expect((await client.submit('/review', { key: 'file:1', choice: 'reject', reason: ' ' })).status).toBe(400);
    expect((await client.submit('/review', { key: 'file:1', choice: 'edit', text: ' ' })).status).toBe(404);
    expect((await client.submit('/review', { key: 'file:1', choice: 'nonsense' })).status).toBe(400);
    expect((await replyRow(site.app.ledger.db, 'file:1'))?.state).toBe('held');
  });
});

describe('rules', () => {
  test('a draft is checked line by line, tested, compared and backtested; the file stays unchanged', async () => {
    const site = await openSite({ rules: heldRules });
    const client = openClient(site);
    const bad = await (
      await client.submit('/rules', { do: 'check', draft: 'rules:\r\n  - name: a\r\n    acton: reply\r\n' })
    ).text();
    expect(bad).toContain('Line 3, column 5');
    expect(bad).toContain('did you mean <code>action</code>');
    expect(bad).toMatch(/\^{5}/);
    const draft = `rules:
  - { name: a, when: { status: resolved }, action: reply }
tests:
  - { name: passes, post: { text: '#07ASTANA2244' }, cable: { status: resolved }, expect: { rule: a } }
  - { name: does not, post: { text: '#07ASTANA2244' }, cable: { status: resolved }, expect: { rule: b } }`;
    const mixed = await (await client.submit('/rules', { do: 'backtest', days: '7', draft })).text();
    expect(await faultsOf(mixed)).toEqual([]);
    for (const words of [
      '1 of 2 tests fails: a bot would refuse this draft',
      'rule ask was removed',
      'rule a is new: reply',
      'passes',
      'fails',
      '3 posts since',
      'newly answered',
    ])
      expect(mixed).toContain(words);
    expect(mixed).toMatch(/class="added">\s+2 \+ {3}- \{ name: a,/);
    expect(mixed).not.toContain('Put in force');
    expect(await client.page('/rules')).toContain('name: ask');
    const file = await client.submit('/rules', { do: 'download', draft });
    expect(file.headers.get('content-disposition')).toContain('rules.yaml');
    expect(await file.text()).toBe(draft);
    expect(readFileSync(site.rules, 'utf8')).toBe(heldRules);
  });

  test('each finding leads to its line', async () => {
    const client = openClient(await openSite({ rules: heldRules }));
    const draft = 'rules:\n  - name: a\n    acton: reply\n';
    const page = await (await client.submit('/rules', { do: 'check', draft })).text();
    expect(page).toContain('a bot would refuse this draft');
    for (const [, line] of page.matchAll(/href="#line-(\d+)"/g)) expect(page).toContain(`<span id="line-${line}">`);
    expect(page).toMatch(/href="#line-3" data-line="3" data-column="5"/);
  });

  test('a draft is tried on a post, and shows the reply with its length on each platform', async () => {
    const client = openClient(await openSite({ rules: heldRules }));
    const draft = 'rules: [{ name: a, when: { status: resolved }, action: reply }]\n';
    const fields = { do: 'try', draft, post: '#07ASTANA2244 ¶5', platform: 'x', summoned: 'yes' };
    const page = await (await client.submit('/rules', fields)).text();
    expect(page).toContain('By rule <strong>a</strong>');
    expect(page).toMatch(/x \d+ of 280/);
    expect(page).toContain('07ASTANA2244.html#par5');
    expect(await faultsOf(page)).toEqual([]);
  });

  test('a draft that passes is put in force, with an entry in the audit log, and one click puts the old rules back', async () => {
    const site = await openSite({ rules: heldRules });
    const client = openClient(site);
    const draft = `rules: [{ name: a, when: { status: resolved }, action: reply }]
tests: [{ name: t, post: { text: '#07ASTANA2244' }, cable: { status: resolved }, expect: { rule: a } }]
`;
    const checked = await (await client.submit('/rules', { do: 'check', draft })).text();
    expect(checked).toContain('No faults, and its test passes.');
    expect(checked).toContain('Put in force');
    const base = await baseOf(client);
    const entries = readdirSync(site.dir).toSorted();
    expect((await client.submit('/rules', { do: 'install', draft, base })).status).toBe(303);
    expect(readFileSync(site.rules, 'utf8')).toBe(draft);
    expect(readdirSync(site.dir).toSorted()).toEqual(entries);
    const after = await client.page('/rules');
    expect(after).toContain('a running bot reloads it');
    const [entry] = await auditLog(site.app.ledger.db, { limit: 1 });
    expect(entry).toMatchObject({ action: 'rules install', note: expect.stringMatching(/^in place of [\da-f]{12}$/) });
    const [, version = ''] = /name="version" value="([\da-f]{12})"/.exec(after) ?? [];
    const back = { do: 'put-back', version, base: await baseOf(client) };
    expect((await client.submit('/rules', back)).status).toBe(303);
    expect(readFileSync(site.rules, 'utf8')).toBe(heldRules);
  });

  test('nothing is written where a test fails, a fault is left, or the file has changed meanwhile', async () => {
    const site = await openSite({ rules: heldRules });
    const client = openClient(site);
    const base = await baseOf(client);
    const put = async (draft: string) => await client.submit('/rules', { do: 'install', draft, base });
    const failing = `${heldRules}tests: [{ name: t, post: { text: '#07ASTANA2244' }, expect: { rule: other } }]\n`;
    for (const draft of [failing, 'rules: [{ nam: x }]']) {
      const answer = await put(draft);
      expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('nothing was written')]);
    }
    writeFileSync(site.rules, `# by hand\n${heldRules}`);
    expect(await (await put(heldRules)).text()).toContain('has changed since you opened');
    expect(readFileSync(site.rules, 'utf8')).toBe(`# by hand\n${heldRules}`);
    expect((await client.submit('/rules', { do: 'put-back', version: 'none', base })).status).toBe(409);
    const actions = (await auditLog(site.app.ledger.db, { limit: 9 })).map(({ action }) => action);
    expect(actions).not.toContain('rules install');
  });

  test('where the file cannot be written the page says why, and offers the draft', async () => {
    const site = await openSite({ rules: heldRules });
    const { config } = site.app;
    const why = (changes: Partial<Config>) => whyNotInstallable({ ...config, ...changes });
    expect(why({})).toBeUndefined();
    expect(why({ rules: join(builtInFolder, 'rules.yaml') })).toContain('the bot uses the built-in rules');
    expect(why({ rules: join(site.dir, 'none.yaml') })).toContain('none.yaml cannot be written');
    expect(why({ queue: { redis: { url: new SecretValue({ env: 'X' }), prefix: 'x' } } })).toContain(
      'several processes',
    );
    const page = await openClient(
      await openSite({ replace: ['rules: rules.yaml', `rules: ${join(builtInFolder, 'rules.yaml')}`] }),
    ).page('/rules');
    expect(page).toMatch(/It cannot be put in force from here: .*built-in rules/);
    expect(page).toContain('value="download"');
    expect(page).not.toContain('Put back');
  });
});

/** Of the text that a draft is made from. */
async function baseOf(client: ReturnType<typeof openClient>): Promise<string> {
  return /name="base" value="(\w+)"/.exec(await client.page('/rules'))?.[1] ?? '';
}

describe('the other pages', () => {
  test('the overview counts replies in the log as a dry run, never as sent or answered', async () => {
    const site = await openSite({ rules: 'rules: [{ name: answer, when: { status: resolved }, action: reply }]\n' });
    expect((await replyRow(site.app.ledger.db, 'file:1'))?.state).toBe('sent');
    const page = await openClient(site).page('/');
    expect(page).toContain('3 logged (dry run)');
    expect(page).toMatch(/>3<\/span> <span class="name">logged<\/span> <small>replies in the log \(dry run\)</);
    expect(page.replaceAll(/href="[^"]*"/g, '')).not.toMatch(/\bsent\b|answered/i);
  });

  test('the overview names what waits for a person, every figure leads there, and the navigation counts it', async () => {
    const posts = [1, 2, 3, 4, 5].map((id) => ({ id: String(id), text: `#07ASTANA2244 ¶${id}` }));
    const site = await openSite({ rules: heldRules, posts });
    const client = openClient(site);
    expect(await client.page('/')).toContain(
      '<a href="/review"><span class="badge warn">5</span> <span>held replies</span></a>',
    );
    await makeTrouble(site.app);
    const page = await client.page('/');
    const kinds = [
      ['/review', '1', 'held reply'],
      ['/dead-letters#refused', '1', 'refused reply'],
      ['/dead-letters#abandoned', '1', 'abandoned reply'],
      ['/dead-letters#posts', '1', 'failed post'],
      ['/dead-letters#digests', '1', 'failed digest'],
      ['/dead-letters#notices', '1', 'lost notice'],
      ['/mentions?reply=unknown', '1', 'reply of unknown outcome'],
      ['/rejects', '1', 'unreadable item'],
    ] as const;
    for (const [path, n, words] of kinds)
      expect(page).toMatch(
        new RegExp(`href="${RegExp.escape(path)}"><span class="badge \\w+">${n}</span> <span>${words}</span></a>`),
      );
    expect(page).not.toContain('All clear');
    expect(page).toMatch(/Review\s*<span class="count">1</);
    expect(page).toMatch(/Dead letters\s*<span class="count">5</);
    // Every link of the page leads to a page, and every target within one is there.
    const links = new Set(
      [...page.matchAll(/href="(\/[^"]*)"/g)].map(([, path = '']) => path.replaceAll('&amp;', '&')),
    );
    for (const path of links) {
      const answer = await client.get(path);
      expect([path, answer.status]).toEqual([path, 200]);
      const [, id] = path.split('#');
      if (id !== undefined) expect([path, (await answer.text()).includes(`id="${id}"`)]).toEqual([path, true]);
    }
    expect(await client.page('/mentions?reply=unknown')).toContain('/posts/file%3A4');
    expect(await client.page('/mentions?reply=unknown')).not.toContain('/posts/file%3A1"');
    expect(await faultsOf(page)).toEqual([]);
  });

  test('all dead letters are retried at once, but not the abandoned replies, and the audit log has it', async () => {
    const posts = [1, 2, 3, 4, 5].map((id) => ({ id: String(id), text: `#07ASTANA2244 ¶${id}` }));
    const site = await openSite({ rules: heldRules, posts });
    const client = openClient(site);
    await makeTrouble(site.app);
    expect((await client.submit('/dead-letters', { all: 'yes' })).status).toBe(303);
    expect(await client.page('/dead-letters')).toContain('Retrying 1 post, 1 reply, 1 channel, 1 delivery.');
    expect(await waitingWork(site.app.ledger.db)).toMatchObject({
      posts: 0,
      refused: 0,
      notices: 0,
      deliveries: 0,
      abandoned: 1,
    });
    expect((await client.submit('/dead-letters', { all: 'yes' })).status).toBe(409);
    const entries = (await auditLog(site.app.ledger.db, { limit: 9 })).filter(({ target }) => target === 'all');
    expect(entries).toMatchObject([{ action: 'dead letters retry' }]);
  });

  test('unreadable items are shown with their place and reason, their words to reviewers alone', async () => {
    const site = await openSite({ login: true });
    await makeTrouble(site.app);
    const rejects = async (name: string) => {
      const client = openClient(site);
      await client.login(name);
      return await client.page('/rejects');
    };
    const [viewer, reviewer] = [await rejects('vera'), await rejects('rita')];
    for (const page of [viewer, reviewer]) expect(page).toMatch(/posts\.jsonl:9[^]*not JSON/);
    expect([viewer.includes('{oops'), reviewer.includes('{oops')]).toEqual([false, true]);
  });

  test('a pause stops sending until it is lifted, and shows its reason', async () => {
    const site = await openSite();
    const client = openClient(site);
    await client.submit('/pause', { scope: 'account:log', reason: 'wrong links' });
    expect(await pauses(site.app.ledger.db)).toMatchObject([{ scope: 'account:log', reason: 'wrong links' }]);
    expect(await client.page('/')).toContain('Paused (account:log): wrong links');
    expect((await client.submit('/pause', { scope: 'account:nobody', reason: 'x' })).status).toBe(409);
    await client.submit('/pause/resume', { scope: 'account:log' });
    expect(await pauses(site.app.ledger.db)).toEqual([]);
    expect((await client.submit('/pause/resume', { scope: 'account:log' })).status).toBe(409);
  });

  test('dead letters can be retried', async () => {
    const site = await openSite({ rules: heldRules });
    const client = openClient(site);
    await client.submit('/review', { key: 'file:1', choice: 'approve' });
    await site.app.ledger.transact((tx) =>
      tx
        .updateTable('replies')
        .set({ state: 'refused', due_at: null, reason: '403' })
        .where('key', '=', 'file:1')
        .execute(),
    );
    expect(await client.page('/dead-letters')).toContain('403');
    await client.submit('/dead-letters', { key: 'file:1' });
    await site.work();
    expect((await replyRow(site.app.ledger.db, 'file:1'))?.state).toBe('sent');
    expect((await client.submit('/dead-letters', { key: 'file:1' })).status).toBe(409);
    expect((await client.submit('/dead-letters', { channel: 'none' })).status).toBe(409);
  });

  test('an opt-out is recorded, holds, and can be removed', async () => {
    const site = await openSite();
    const client = openClient(site);
    const person = { platform: 'mastodon', id: 'https://m.example/users/ada', reason: 'by mail' };
    await client.submit('/consent', { ...person, choice: 'out' });
    expect(await isOptedOut(site.app.ledger.db, 'mastodon:https://m.example/users/ada')).toBe(true);
    expect((await client.submit('/consent', { ...person, choice: 'in' })).status).toBe(409);
    expect((await client.submit('/consent', { ...person, platform: 'nowhere', choice: 'in' })).status).toBe(400);
    await client.submit('/consent/remove', { person: 'mastodon:https://m.example/users/ada' });
    expect(await isOptedOut(site.app.ledger.db, 'mastodon:https://m.example/users/ada')).toBe(false);
  });

  test('invalid rules on disk are reported', async () => {
    const site = await openSite();
    writeFileSync(site.rules, 'rules: [{ name: a, acton: reply }]');
    const answer = await openClient(site).get('/posts/file%3A1');
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('unknown key `acton`');
  });

  test('mentions can be searched by ID, author, words and state, and are paged', async () => {
    const posts = Array.from({ length: 30 }, (_, i) => ({
      id: String(i),
      text: i === 7 ? '#07ASTANA2245 hundred % "quoted"' : `#07ASTANA2244 number ${i}`,
      author: { id: 'a', handle: i === 9 ? 'Mira' : 'jon' },
    }));
    const client = openClient(await openSite({ posts }));
    const found = async (query: string) => {
      return [...(await client.page(`/mentions?${query}`)).matchAll(/href="\/posts\/file%3A(\d+)">Why/g)].map(
        ([, id]) => id,
      );
    };
    expect(await found('q=%2307astana2245')).toEqual(['7']);
    expect(await found('q=@mira')).toEqual(['9']);
    expect(await found(`q=${encodeURIComponent('% "quoted"')}`)).toEqual(['7']);
    expect(await found('q=NUMBER+12')).toEqual(['12']);
    expect(await found('state=failed')).toEqual([]);
    const first = await client.page('/mentions');
    const next = /href="(\/mentions\?after=[^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const [one, two] = [await found(''), await found(next.split('?')[1] ?? '')];
    expect([one.length, two.length, new Set([...one, ...two]).size]).toEqual([25, 5, 30]);
  });

  test('a mention shows the cable, the first words of its paragraph, the reply and its state, and what can be done', async () => {
    const posts = [{ id: '1', text: '#07ASTANA2244 ¶5' }];
    const site = await openSite({ login: true, rules: heldRules, posts });
    const seenBy = async (name: string) => {
      const client = openClient(site);
      await client.login(name);
      return [await client.page('/mentions'), await client.page('/posts/file%3A1')] as const;
    };
    for (const page of await seenBy('olga')) {
      expect(page).toMatch(/<a class="id" href="\/cable\/07ASTANA2244">/);
      expect(page).toMatch(/href="\/cable\/07ASTANA2244#par5">¶5<\/a>\s+\S/);
      expect(page).toMatch(/<span class="badge warn">held<\/span>/);
      for (const label of ['Approve and send', 'Withdraw']) expect(page).toContain(`aria-label="${label}: file:1"`);
      expect(await faultsOf(page)).toEqual([]);
    }
    const [[viewed], [reviewed]] = [await seenBy('vera'), await seenBy('rita')];
    expect([viewed.includes('Approve and send'), reviewed.includes('Approve and send')]).toEqual([false, true]);
    expect(reviewed.includes('Withdraw:')).toBe(false);
  });

  test('an explanation begins with the verdict, and its buttons come back to it', async () => {
    const site = await openSite({ rules: heldRules });
    const client = openClient(site);
    const page = await client.page('/posts/file%3A1');
    const headings = [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, heading]) => heading);
    expect(headings).toEqual(['The verdict', 'The rules', 'Consent', 'What it cites', 'The reply', 'The post']);
    expect(page).toContain('<code>');
    const back = encodeURIComponent('/posts/file%3A1');
    const withdrawn = await client.submit('/replies/withdraw', { key: 'file%3A1', back });
    expect([withdrawn.status, withdrawn.headers.get('location')]).toEqual([303, '/posts/file%3A1']);
    expect((await replyRow(site.app.ledger.db, 'file:1'))?.state).toBe('abandoned');
    expect((await client.submit('/replies/withdraw', { key: 'file%3A1' })).status).toBe(409);
    for (const elsewhere of ['https://evil.example/', '//evil.example/', '/\\evil.example/', 'javascript:alert(1)']) {
      const fields = { key: 'file%3A2', back: encodeURIComponent(elsewhere), choice: 'edit', text: 'other words' };
      const answer = await client.submit('/review', fields);
      expect([elsewhere, answer.headers.get('location')]).toEqual([elsewhere, '/review']);
    }
    const out = { platform: 'file', id: 'x', choice: 'out', reason: 'x', back };
    expect((await client.submit('/consent', out)).headers.get('location')).toBe('/posts/file%3A1');
  });

  test('the overview draws the last 24 hours, with a table for those who do not see it, and nothing of nothing', async () => {
    const site = await openSite();
    const page = await openClient(site).page('/');
    const section = /<section aria-labelledby="last-day">.*?<\/section>/s.exec(page)?.[0] ?? '';
    const titles = [...section.matchAll(/<title id="[^"]+">([^<]+)<\/title>\s*<desc[^>]*>([^<]+)/g)];
    const inOneHour = '3 in the last 24 hours, at most 3 in an hour.';
    expect(titles.map(([, title, desc]) => [title, desc])).toEqual([
      ['Cite a cable, by hour', inOneHour],
      ['Replies logged (dry run), by hour', inOneHour],
    ]);
    expect(section.match(/<tbody>.*<td data-label="Cite a cable">3<\/td>/s)).not.toBeNull();
    expect(await openClient(await openSite({ posts: [] })).page('/')).not.toContain('last-day');
  });

  test('an empty cell has a dash, one thing is no plural, and a message of the program is told in the words of the page', async () => {
    const site = await openSite({ rules: heldRules });
    const client = openClient(site);
    await client.get('/');
    expect(await client.page('/audit')).toContain('<td class="none" data-label="Note">–</td>');
    expect(await client.page('/cables')).toContain('1 known cable.');
    const missing = await client.get('/posts/none');
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('There is no such post')]);
    expect(await client.page('/mentions')).not.toContain('No mentions');
    const empty = openClient(await openSite({ posts: [] }));
    expect(await empty.page('/mentions')).toContain('No mentions yet');
    expect(await empty.page('/mentions?q=x')).toContain('No stored post matches.');
  });

  test('only a link that leaves the site is marked as one', async () => {
    const own = 'https://pilcrow.example';
    const before = 'links: { targets: [own, viewer] }\ndigests: [{ name: daily, folder: null }]\n';
    const posts = [{ id: '1', text: '#07ASTANA2244 ¶1', url: 'https://social.example/1' }];
    const client = openClient(await openSite({ posts, web: `  cables: public\n  publicUrl: ${own}\n`, before }));
    const found: (readonly [boolean, boolean])[] = [];
    for (const path of ['/posts/file%3A1', '/digests/daily/preview', '/cable/07ASTANA2244']) {
      const page = await client.page(path);
      for (const [, url = '', inside = ''] of page.matchAll(/<a\s[^>]*?href="(https:[^"]+)"[^>]*>(.*?)<\/a/gs))
        if (!/¶\d+$/.test(inside)) found.push([url.startsWith(`${own}/`), inside.includes('↗')]);
    }
    expect(new Set(found.map(([isOwn, isMarked]) => `${isOwn} ${isMarked}`))).toEqual(
      new Set(['true false', 'false true']),
    );
  });

  test('mentions are sorted by the time that is shown, and can be narrowed to a range', async () => {
    const now = Date.now();
    const at = (hours: number) => new Date(now - hours * 3_600_000).toISOString();
    const posts = [30, 1, 300, 5].map((hours, i) => ({ id: `${i}`, text: '#07ASTANA2244', createdAt: at(hours) }));
    const client = openClient(await openSite({ posts }));
    const found = async (query: string) => {
      const page = await client.page(`/mentions?${query}`);
      return [...page.matchAll(/href="\/posts\/file%3A(\d+)">Why/g)].map(([, id]) => id);
    };
    expect(await found('')).toEqual(['1', '3', '0', '2']);
    expect(await found('range=written%2C+last+24+hours')).toEqual(['1', '3']);
    expect(await found('range=written%2C+last+7+days')).toEqual(['1', '3', '0']);
    expect(await found('reply=logged+(dry+run)')).toEqual(['1', '3', '0', '2']);
    expect(await found('reply=sent')).toEqual([]);
    expect(await found('reply=held')).toEqual([]);
  });

  test('an open page is notified of changes', async () => {
    const site = await openSite();
    const client = openClient(site);
    const answer = await client.get('/events');
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let received = '';
    const until = async (word: string) => {
      while (!received.includes(word)) received += (await reader.read()).value ?? word;
    };
    await until('event: hello');
    // The first poll only records the current state.
    const notified = until('event: change').then(() => true);
    for (let changed = false; !changed;) {
      await client.submit('/pause', { scope: 'all', reason: 'x' });
      changed = await Promise.race([notified, delay(300, false)]);
    }
    await reader.cancel();
    expect(received).toMatch(/hello[^]*change/);
  });
});

/** One of everything that may wait for a person: replies 2 to 4, post 5. */
async function makeTrouble({ ledger }: Awaited<ReturnType<typeof openSite>>['app']): Promise<void> {
  await ledger.transact(async (tx) => {
    const reply = (state: 'refused' | 'abandoned', id: string) =>
      tx.updateTable('replies').set({ state, due_at: null, reason: '403' }).where('key', '=', id).execute();
    await reply('refused', 'file:2');
    await reply('abandoned', 'file:3');
    await tx.updateTable('replies').set({ state: 'unknown' }).where('key', '=', 'file:4').execute();
    await tx.deleteFrom('replies').where('key', '=', 'file:5').execute();
    const failed = { state: 'failed', error: 'disk error', due_at: null } as const;
    await tx.updateTable('posts').set(failed).where('key', '=', 'file:5').execute();
    const lost = { channel: 'desk', post_key: 'file:1', attempts: 9, error: 'no route', at: 0 };
    await tx
      .insertInto('notices')
      .values({ id: 'desk file:1', ...lost })
      .execute();
    const undelivered = { digest: 'daily', date: '2026-11-28', target: 'files', attempts: 9, error: 'full' } as const;
    await tx.insertInto('deliveries').values(undelivered).execute();
    const reject = { feed: 'posts', position: 'posts.jsonl:9', reason: 'not JSON', excerpt: '{oops', at: 1 };
    await tx
      .insertInto('rejects')
      .values({ id: 'r1', ...reject })
      .execute();
  });
}

describe('digests', () => {
  test('an edition is shown with its deliveries, and as files to download', async () => {
    const site = await openSite();
    const { db } = site.app.ledger;
    const now = await site.app.ledger.now();
    const plan = planOf({ timezone: 'UTC' });
    const date = localTime(now, plan.timezone).date;
    const built = await buildDigest({ db, config: site.app.config, corpus: site.app.cables.corpus }, plan, date, now);
    const edition = editionFrom(built, now);
    const targets = ['files', 'channel me'] as const;
    expect(
      await site.app.ledger.transact((tx) => insertEdition(tx, edition, { targets, after: 0, fingerprints: {} })),
    ).toBe(true);
    const client = openClient(site);
    const list = await client.page('/digests');
    expect(await faultsOf(list)).toEqual([]);
    expect(list).toContain(`href="/digests/daily/${date}"`);
    const page = await client.page(`/digests/daily/${date}`);
    expect(await faultsOf(page)).toEqual([]);
    expect(page).toContain('07ASTANA2244');
    expect(page).toContain('channel me');
    const file = await client.get(`/digests/daily/${date}/${date}.md`);
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="daily-${date}.md"`);
    expect(await file.text()).toContain('07ASTANA2244');
    const absent = [
      `daily/${addDays(date, -1)}`,
      'daily/never',
      `other/${date}`,
      `daily/${date}/x.svg`,
      `daily/${date}/..%2fx`,
    ];
    for (const path of absent) expect([path, (await client.get(`/digests/${path}`)).status]).toEqual([path, 404]);
  });

  test('the edition so far is shown before it is made, and nothing is stored', async () => {
    const before = 'digests: [{ name: daily, folder: null }, { name: weekly, period: week, folder: null }]\n';
    const site = await openSite({ before });
    const client = openClient(site);
    const stored = (await editions(site.app.ledger.db, { limit: 9 })).length;
    const list = await client.page('/digests');
    expect(await faultsOf(list)).toEqual([]);
    for (const name of ['daily', 'weekly']) {
      expect(list).toContain(`href="/digests/${name}/preview"`);
      const page = await client.page(`/digests/${name}/preview`);
      expect(await faultsOf(page)).toEqual([]);
      expect(page).toContain('So far: as of');
      expect(page).toContain('3 posts cited 1 cable (1 new): 07ASTANA2244.');
    }
    expect((await client.get('/digests/dialy/preview')).status).toBe(404);
    expect((await editions(site.app.ledger.db, { limit: 9 })).length).toBe(stored);
  });
});
