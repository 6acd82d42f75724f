import { html } from 'hono/html';
import { retry, retryChannel } from '../../operations/retry-dead-letters.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import { lostNotices } from '../../ledger/operators/notices.ts';
import { failedPosts } from '../../ledger/posts/posts.ts';
import { listReplies } from '../../ledger/replies/replies.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import { type Html, HttpError, may, type Page, type PageRequest, type PageResult, type View } from '../page.ts';
import { visibleTo } from './review.ts';
import { badge, count, decodedField, empty, hiddenField, table, time } from '../parts.ts';

export const deadLetterPages: readonly Page[] = [
  { method: 'GET', path: '/dead-letters', audience: 'viewer', nav: 'Dead letters', handle: view },
  { method: 'POST', path: '/dead-letters', audience: 'operator', handle: retryOne },
];

const limit = 100;

async function view({ context, person, token }: PageRequest): Promise<View> {
  const { db } = context.ledger;
  const [posts, allReplies, lost] = await Promise.all([
    failedPosts(db, limit),
    listReplies(db, ['refused', 'abandoned'], limit),
    lostNotices(db),
  ]);
  const replies = visibleTo(person, allReplies);
  const button: Button = (field, value, ask) =>
    may(person, 'operator') &&
    html`<form method="post" action="/dead-letters" ${ask !== undefined && html`data-ask="${ask}"`}>
      ${token} ${hiddenField(field, value)}
      <button class="quiet" type="submit" aria-label="Retry: ${value}">Retry</button>
    </form>`;
  const none = posts.length + replies.length + lost.length === 0;
  return {
    title: 'Dead letters',
    body: html`<p class="lead">
        Work that the bot gave up on. Only a person can retry it. Shows the newest ${limit} of each kind.
      </p>
      <div data-live id="live-dead-letters">
        ${none && empty('No dead letters', 'Posts that could not be resolved, refused replies and undelivered notices will appear here.')}
        ${posts.length > 0 && postTable(posts, button)} ${replies.length > 0 && replyTable(replies, button)}
        ${lost.length > 0 && noticeTable(lost, button)}
      </div>`,
  };
}

/** The form that retries an item, if the person may; `ask`: a question before. */
type Button = (field: 'key' | 'channel', value: string, ask?: string) => Html | false;

function postTable(posts: Awaited<ReturnType<typeof failedPosts>>, button: Button): Html {
  const rows = posts.map(({ key, error }) => [postLink(key), error ?? '', button('key', key)]);
  return table('Posts that could not be resolved', ['Post', 'Error', 'Retry'], rows);
}

function replyTable(replies: readonly ReplyRow[], button: Button): Html {
  const rows = replies.map((row) => [
    reply(row),
    badge(row.state),
    row.reason ?? '',
    time(row.updated_at),
    button('key', row.key, doubleWarning(row)),
  ]);
  return table('Replies', ['Reply', 'State', 'Reason', 'Updated', 'Retry'], rows);
}

function noticeTable(lost: Awaited<ReturnType<typeof lostNotices>>, button: Button): Html {
  const rows = lost.map(({ channel, count: n, error }) => [channel, count(n), error, button('channel', channel)]);
  return table('Notices', ['Channel', 'Count', 'Error', 'Retry'], rows);
}

function postLink(key: string): Html {
  return html`<a href="/posts/${encodeURIComponent(key)}">${key}</a>`;
}

function reply({ key, payload, post_key: postKey }: ReplyRow): Html {
  const { text, replyTo } = codecs.replies.payload.decode(payload, key);
  return html`${postLink(postKey)} <small>to @${replyTo.author}</small>
    <span class="words">${text.slice(0, 280)}</span>`;
}

function doubleWarning({ attempts }: ReplyRow): string | undefined {
  return attempts > 0
    ? 'An earlier attempt may have succeeded, so a retry may publish the reply twice. Retry?'
    : undefined;
}

async function retryOne({ context, person, form }: PageRequest): Promise<PageResult> {
  const [key, channel] = [decodedField(form, 'key'), decodedField(form, 'channel')];
  const who = person?.name ?? '';
  const done =
    channel === undefined
      ? await retry(context.ledger, { key: key ?? '', who })
      : await retryChannel(context.ledger, channel, who);
  if (!done) throw new HttpError(409, 'It is no longer a dead letter. Nothing was done.');
  context.nudge();
  return { location: '/dead-letters', flash: `Retrying ${channel ?? key}.` };
}
