import { html } from 'hono/html';
import { retry, retryChannel } from '../../operations/retry-dead-letters.ts';
import { Payload } from '../../core/reply.ts';
import { lostNotices } from '../../ledger/operators/notices.ts';
import { failedPosts } from '../../ledger/posts/posts.ts';
import { listReplies } from '../../ledger/replies/replies.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import { type Answer, type Html, may, type Page, Refusal, type View, type Request } from '../page.ts';
import { badge, count, empty, hidden, namedIn, table, time } from '../parts.ts';

export const deadLetterPages: readonly Page[] = [
  { method: 'GET', path: '/dead-letters', audience: 'viewer', nav: 'Dead letters', answer: view },
  { method: 'POST', path: '/dead-letters', audience: 'operator', answer: again },
];

const most = 100;

async function view({ context, person, token }: Request): Promise<View> {
  const { db } = context.ledger;
  const [posts, replies, lost] = await Promise.all([
    failedPosts(db, most),
    listReplies(db, ['refused', 'abandoned'], most),
    lostNotices(db),
  ]);
  const button = (field: 'key' | 'channel', value: string, ask?: string) =>
    may(person, 'operator') && retryForm(token, { field, value, ask });
  const none = posts.length + replies.length + lost.length === 0;
  return {
    title: 'Dead letters',
    body: html`<p class="lead">What was given up, and only a person tries again: the newest ${most} of each kind.</p>
      <div data-live id="live-dead-letters">
        ${none && empty('Nothing was given up', 'Posts that could not be resolved, replies that were refused, and notices that no channel took would stand here.')}
        ${
          posts.length > 0 &&
          table(
            'Posts that could not be resolved',
            ['Post', 'Why', 'Again'],
            posts.map(({ key, error }) => [why(key), error ?? '', button('key', key)]),
          )
        }
        ${
          replies.length > 0 &&
          table(
            'Replies',
            ['Reply', 'State', 'Why', 'Last change', 'Again'],
            replies.map((row) => [
              reply(row),
              badge(row.state),
              row.reason ?? '',
              time(row.updated_at),
              button('key', row.key, doubles(row)),
            ]),
          )
        }
        ${
          lost.length > 0 &&
          table(
            'Notices',
            ['Channel', 'How many', 'Why', 'Again'],
            lost.map(({ channel, count: n, error }) => [channel, count(n), error, button('channel', channel)]),
          )
        }
      </div>`,
  };
}

function why(key: string): Html {
  return html`<a href="/posts/${encodeURIComponent(key)}">${key}</a>`;
}

function reply({ payload, post_key: key }: ReplyRow): Html {
  const { text, replyTo } = Payload.parse(JSON.parse(payload));
  return html`${why(key)} <small>to @${replyTo.author}</small> <span class="words">${text.slice(0, 280)}</span>`;
}

function doubles({ attempts }: ReplyRow): string | undefined {
  return attempts > 0
    ? 'It was tried before and may be out: sent again, it may stand there twice. Send it?'
    : undefined;
}

interface Retrying {
  readonly field: 'key' | 'channel';
  readonly value: string;
  readonly ask: string | undefined;
}

function retryForm(token: Html, { field, value, ask }: Retrying): Html {
  return html`<form method="post" action="/dead-letters" ${ask !== undefined && html`data-ask="${ask}"`}>
    ${token} ${hidden(field, value)}
    <button class="quiet" type="submit" aria-label="Try again: ${value}">Try again</button>
  </form>`;
}

async function again({ context, person, form }: Request): Promise<Answer> {
  const [key, channel] = [namedIn(form, 'key'), namedIn(form, 'channel')];
  const who = person?.name ?? '';
  const done =
    channel === undefined
      ? await retry(context.ledger, { key: key ?? '', who })
      : await retryChannel(context.ledger, { channel, who });
  if (!done) throw new Refusal(409, 'It is not among what was given up any more. Nothing was done.');
  context.nudge();
  return { location: '/dead-letters', flash: `${channel ?? key} is tried again.` };
}
