import { html } from 'hono/html';
import { inWords, retry, retryAll, retryChannel } from '../../operations/retry-dead-letters.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import { failedDeliveries } from '../../ledger/digests/deliveries.ts';
import { lostNotices } from '../../ledger/operators/notices.ts';
import { failedPosts } from '../../ledger/posts/posts.ts';
import { listReplies } from '../../ledger/replies/replies.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import { shortenedAtWord } from '../../core/text/strangers.ts';
import {
  type Context,
  type Html,
  HttpError,
  may,
  type Page,
  type PageRequest,
  type PageResult,
  type View,
} from '../page.ts';
import { visibleTo } from './review.ts';
import { actionHeading, backTo, count, decodedField, empty, hiddenField, table, time } from '../parts.ts';
import { sinceIn } from './last-day.ts';
import { deadLetters } from './waiting.ts';

export const deadLetterPages: readonly Page[] = [
  {
    method: 'GET',
    path: '/dead-letters',
    audience: 'viewer',
    nav: 'Dead letters',
    waits: deadLetters,
    handle: view,
  },
  { method: 'POST', path: '/dead-letters', audience: 'operator', handle: retryOne },
];

const limit = 100;

async function view(request: PageRequest): Promise<View> {
  const { context, person, token } = request;
  const since = await sinceIn(request.url, context.ledger);
  const { posts, lost, undelivered, ...found } = await deadLettersSince(context, since);
  const replies = visibleTo(person, found.replies);
  const button: Button = (field, value, ask) =>
    may(person, 'operator') &&
    html`<form method="post" action="/dead-letters" ${ask !== undefined && html`data-ask="${ask}"`}>
      ${token} ${hiddenField(field, value)}
      <button class="quiet" type="submit" aria-label="Retry: ${value}">Retry</button>
    </form>`;
  const sections = [
    posts.length > 0 && html`<section id="posts">${postTable(posts, button)}</section>`,
    ...(['refused', 'abandoned'] as const).map((state) => {
      const rows = replies.filter((row) => row.state === state);
      return rows.length > 0 && html`<section id="${state}">${replyTable(captions[state], rows, button)}</section>`;
    }),
    undelivered.length > 0 && html`<section id="digests">${deliveryTable(undelivered)}</section>`,
    lost.length > 0 && html`<section id="notices">${noticeTable(lost, button)}</section>`,
  ].filter((section) => section !== false);
  const none =
    'Posts that could not be resolved, refused replies, and digests and notices that were not delivered will appear here.';
  return {
    title: 'Dead letters',
    body: html`<p class="lead">
        ${since === undefined ? 'Work that the bot gave up on.' : 'Posts and replies of the last 24 hours that the bot gave up on.'}
        Only a person can retry it. Shows the newest ${limit} of each kind.
        ${since === undefined ? html`<a href="/rejects">Unreadable items</a> have a page of their own.` : html`<a href="/dead-letters">All dead letters</a>`}
      </p>
      <div data-live id="live-dead-letters">
        ${since === undefined && sections.length > 0 && may(person, 'operator') && retryAllForm(request)}
        ${sections.length === 0 ? empty('No dead letters', since === undefined ? none : 'Nothing of the last 24 hours.') : sections}
      </div>`,
  };
}

/** What failed since then: posts and replies, as the overview counts them; undefined: all that failed ever. */
async function deadLettersSince({ ledger: { db }, config }: Context, since: number | undefined) {
  const [posts, replies] = await Promise.all([
    failedPosts(db, limit, since),
    listReplies(db, ['refused', 'abandoned'], limit),
  ]);
  if (since === undefined)
    return { posts, replies, lost: await lostNotices(db), undelivered: await failedDeliveries(db, limit) };
  const publishers = new Set(config.publishers.map(({ name }) => name));
  const recent = replies.filter((row) => publishers.has(row.publisher) && (row.claimed_at ?? 0) >= since);
  return { posts, replies: recent, lost: [], undelivered: [] };
}

function retryAllForm({ token }: PageRequest): Html {
  return html`<form method="post" action="/dead-letters" class="row">
    ${token}
    <button type="submit" name="all" value="yes">Retry all</button>
    <small>Not the abandoned replies: they may be out, so each needs a look.</small>
  </form>`;
}

/** The form that retries an item, if the person may; `ask`: a question before. */
type Button = (field: 'key' | 'channel', value: string, ask?: string) => Html | false;

function postTable(posts: Awaited<ReturnType<typeof failedPosts>>, button: Button): Html {
  const rows = posts.map(({ key, error }) => [postLink(key), error ?? '', button('key', key)]);
  return table('Posts that could not be resolved', ['Post', 'Error', actionHeading], rows);
}

const captions = { refused: 'Refused replies', abandoned: 'Abandoned replies' };

function replyTable(caption: string, replies: readonly ReplyRow[], button: Button): Html {
  const rows = replies.map((row) => [
    reply(row),
    row.reason ?? '',
    time(row.updated_at),
    button('key', row.key, doubleWarning(row)),
  ]);
  return table(caption, ['Reply', 'Reason', 'Updated', actionHeading], rows);
}

function deliveryTable(failed: Awaited<ReturnType<typeof failedDeliveries>>): Html {
  const rows = failed.map(({ digest, date, target, error }) => [
    html`<a href="/digests/${encodeURIComponent(digest)}/${date}">${digest}, ${date}</a>`,
    target,
    error ?? '',
  ]);
  return table('Digests that were not delivered', ['Edition', 'Target', 'Error'], rows);
}

function noticeTable(lost: Awaited<ReturnType<typeof lostNotices>>, button: Button): Html {
  const rows = lost.map(({ channel, count: n, error }) => [channel, count(n), error, button('channel', channel)]);
  return table('Notices', ['Channel', 'Count', 'Error', actionHeading], rows);
}

function postLink(key: string): Html {
  return html`<a href="/posts/${encodeURIComponent(key)}">${key}</a>`;
}

function reply({ key, payload, post_key: postKey }: ReplyRow): Html {
  const { text, replyTo } = codecs.replies.payload.decode(payload, key);
  return html`${postLink(postKey)} <small>to @${replyTo.author}</small>
    <span class="words">${shortenedAtWord(text, 160)}</span>`;
}

/** Asks before a reply is sent again that may be out. */
export function doubleWarning({ attempts }: ReplyRow): string | undefined {
  return attempts > 0
    ? 'An earlier attempt may have succeeded, so a retry may publish the reply twice. Retry?'
    : undefined;
}

async function retryOne({ context, person, form }: PageRequest): Promise<PageResult> {
  const who = person?.name ?? '';
  if (form.get('all') === 'yes') {
    const retried = await retryAll(context.ledger, who);
    if (retried === undefined) throw new HttpError(409, 'There is nothing to retry but abandoned replies.');
    context.nudge();
    return { location: '/dead-letters', flash: `Retrying ${inWords(retried)}.` };
  }
  const [key, channel] = [decodedField(form, 'key'), decodedField(form, 'channel')];
  const done =
    channel === undefined
      ? await retry(context.ledger, { key: key ?? '', who })
      : await retryChannel(context.ledger, channel, who);
  if (!done) throw new HttpError(409, 'It is no longer a dead letter. Nothing was done.');
  context.nudge();
  return { location: backTo(form, '/dead-letters'), flash: `Retrying ${channel ?? key}.` };
}
