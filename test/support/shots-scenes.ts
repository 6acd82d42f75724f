import { DatabaseSync } from 'node:sqlite';

/** A cable, what a rule does about it, and posts of every kind: short and long, of both directions, with words that do not break. */
export const rules = `rules:
  - name: look-first
    when: { status: unknown-paragraph }
    action: hold
  - name: answer
    when: { status: resolved }
    action: reply
  - name: record-the-rest
    action: record
tests:
  - name: a known paragraph is answered
    post: { text: 'See #cablegate #07ASTANA2244 ¶5' }
    cable: { status: resolved }
    expect: { rule: answer, action: reply }
`;

/** Two faults, and a test that fails once they are mended. */
export const faultyDraft = rules
  .replace('action: hold', 'acton: hold')
  .replace('status: resolved }', 'staus: resolved }');
export const changedDraft = rules
  .replace('action: hold', 'action: record')
  .replace('when: { status: resolved }', 'when: { status: [resolved, unverified], text: [airport, deputy minister] }');
export const failingDraft = rules.replace('rule: answer, action: reply', 'rule: look-first, action: hold');

const long =
  'The embassy reports what the ministry said, what it did not say, and what everybody in the room took it to mean. ';

const texts: readonly (readonly [author: string, text: string, name?: string])[] = [
  ['mira', 'Reading #07ASTANA2244 ¶5 on my way to work. #cablegate'],
  ['tomasz', 'who else knows #07astana2244, para 3? #cablegate', 'Tomasz'],
  ['lena', 'My notes end with 07ASTANA2244, paragraph 25. Do I count wrong?', 'Lena'],
  ['ada', 'Two cables tonight: #07ASTANA2244 ¶¶3-4 and #08ASTANA1037 #cablegate'],
  ['bela', 'Embassy Astana cable 2244 of August 2007 is the one with the airport. #cablegate'],
  ['chidi', 'thread: 07 ASTANA 2244 ¶8, ¶9 and what the ministry said next #cablegate'],
  ['layla', 'اقرأوا الفقرة الثالثة من #07ASTANA2244 ¶3 عن المطار #cablegate', 'ليلى'],
  ['noor', 'האם מישהו קרא את 07ASTANA2244 ¶26? לא מצאתי אותה', 'נור'],
  [
    'a_very_long_handle_that_nobody_would_choose_but_somebody_has',
    `${long.repeat(8)}07ASTANA2244 ¶27 says it.`,
    'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
  ],
  ['mira', `https://example.org/${'a-path-without-an-end/'.repeat(12)} and 07ASTANA2244 ¶28, ¶29 and ¶30`],
  ['mira', 'Is 06ASTANA9999999 a cable?'],
  ['kofi', '07ASTANA2244 ¶6, on the district? #cablegate'],
  ['kofi', 'and 07ASTANA2244 ¶7 #cablegate'],
  ['ines', 'Compare 07ASTANA2244 ¶10 with what the papers said then. #cablegate', 'Inês'],
];

/** Lines of a file feed, ten minutes apart; all of them end with two that cannot be read. */
export function postLines(most = texts.length): string {
  const posts = texts.slice(0, most).map(([handle, text, name], at) => {
    const createdAt = new Date(Date.now() - (texts.length - at) * 600_000).toISOString();
    const url = `https://social.example/@${handle}/${at + 1}`;
    return JSON.stringify({ id: String(at + 1), author: { id: handle, handle, name }, createdAt, text, url });
  });
  const broken = most < texts.length ? [] : ['{ "id": "98", "text": ', '{"id":"99","text":7}'];
  return [...posts, ...broken, ''].join('\n');
}

/** What takes a bot days: dead letters, consent, other hours of the day, an edition of yesterday. */
export function fillLedger(file: string): void {
  using db = new DatabaseSync(file, { timeout: 20_000 });
  const now = Date.now();
  const failed = db.prepare(`update posts set state = 'failed', due_at = null, error = ? where key = ?`);
  failed.run('template default says nothing about this post', 'file:12');
  db.prepare(`delete from replies where post_key = 'file:12'`).run();
  const ended = db.prepare(
    `update replies set state = ?, reason = ?, attempts = 1, due_at = null, sent_at = null, published = null, published_id = null where post_key = ?`,
  );
  ended.run('refused', 'the platform says: 422 this text was posted before', 'file:13');
  ended.run('abandoned', 'the last lookup did not find it, and a repeat might double it', 'file:14');
  // As a reviewer left it: the link is lost.
  db.prepare(`update replies set payload = json_set(payload, '$.text', ?) where post_key = 'file:3'`).run(
    'There is no ¶25: this cable ends at ¶24.',
  );
  db.prepare(`update posts set post = json_set(post, '$.inReplyTo', '7') where key = 'file:8'`).run();
  db.prepare(
    `insert into deliveries (digest, date, target, due_at, attempts, error) values ('daily', ?, 'desk', null, 9, 'the mail server answers 554')`,
  ).run(new Date(now - 86_400_000).toISOString().slice(0, 10));
  const hour = 3_600_000;
  const moved = db.prepare('update posts set ingested_at = ingested_at - ? where key = ?');
  for (const [key, hours] of [
    ['file:1', 5],
    ['file:2', 5],
    ['file:4', 9],
    ['file:5', 20],
  ] as const)
    moved.run(hours * hour, key);
  const starts = Array.from({ length: 23 }, (_, at) => ({ from: now - (now % hour) - (23 - at) * hour, seen: 0 }));
  const counted = starts.map((start, at) => ({
    ...start,
    seen: -[0, 3, 8, 12, 30, 31, 31, 60, 90, 93, 120, 130, 131, 140, 150, 171, 190, 240, 260, 262, 280, 281, 300][
      22 - at
    ]!,
  }));
  db.prepare(
    `insert into settings (name, value) values ('hours:posts', ?) on conflict (name) do update set value = excluded.value`,
  ).run(JSON.stringify(counted));
  const notice = JSON.stringify({ subject: '@ada cites 07ASTANA2244', text: 'a post' });
  db.prepare(
    `insert into notices (id, channel, post_key, content, at, due_at, attempts, error) values ('1', 'desk', 'file:1', ?, ?, null, 9, 'the address answers 500')`,
  ).run(notice, now);
}

/** Pages of other sites that link to a cable: two of one site, one of another, one that is shown. */
export function fillTrackbacks(file: string): void {
  using db = new DatabaseSync(file, { timeout: 20_000 });
  const added = db.prepare(
    `insert into trackbacks (id, kind, state, source, host, domain, cable, page, paragraph, title, site, excerpt, due_at, attempts, error, at)
     values (?, 'webmention', ?, ?, ?, ?, '07ASTANA2244', '/cable/07ASTANA2244', ?, ?, ?, ?, null, 1, null, ?)`,
  );
  const rows = [
    ['pending', 'notes.example', 5, 'Reading the Astana cables', 'Notes on Central Asia'],
    ['pending', 'notes.example', null, 'More on the Akimat', 'Notes on Central Asia'],
    ['pending', 'a-very-long-host-name-that-nobody-would-choose.example', 3, '', ''],
    ['approved', 'blog.example', 8, 'What the ministry said', 'A blog'],
  ] as const;
  for (const [at, [state, host, paragraph, title, site]] of rows.entries())
    added.run(
      String(at),
      state,
      `https://${host}/${at}`,
      host,
      host,
      paragraph,
      title,
      site,
      long,
      Date.now() - at * 3_600_000,
    );
}
