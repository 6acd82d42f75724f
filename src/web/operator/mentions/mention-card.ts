import { html } from 'hono/html';
import { ownAnchor, ownPath } from '../../../cables/links/cable-links.ts';
import { isDryRun } from '../../../config/ledger-config.ts';
import type { ReferenceId } from '../../../core/cable.ts';
import type { Resolution } from '../../../core/citation.ts';
import type { Post } from '../../../core/post.ts';
import { plain, shortenedAtWord } from '../../../core/text/strangers.ts';
import { codecs } from '../../../ledger/db/codecs.ts';
import { readEach } from '../../../ledger/db/json-column.ts';
import type { PostRow, ReplyRow } from '../../../ledger/db/schema.ts';
import { mentionsOf } from '../../../ledger/posts/mentions.ts';
import type { Search } from '../../../ledger/posts/search-posts.ts';
import { repliesTo } from '../../../ledger/replies/replies.ts';
import { type Html, may, type PageRequest } from '../../page.ts';
import { backField, badge, externalLink, hiddenField, time } from '../../parts.ts';
import { doubleWarning } from '../dead-letters.ts';
import { postText } from './post-text.ts';

interface CardOptions {
  /** With a link to its explanation. */
  readonly why: boolean;
  /** The search, whose words and citations are marked. */
  readonly search?: Pick<Search, 'text' | 'referenceId'>;
}

/** A post with what it cites, the replies and what can be done about them. */
export async function mentionCard(request: PageRequest, row: PostRow, { why, search }: CardOptions): Promise<Html> {
  const { db } = request.context.ledger;
  const post = codecs.posts.post.decode(row.post, row.key);
  const verdict = codecs.posts.verdict.decode(row.verdict, row.key);
  const [resolutions, replies] = await Promise.all([mentionsOf(db, row.key), repliesTo(db, row.key)]);
  const hits = hitsOf(search, resolutions);
  const cited = await Promise.all(resolutions.map((resolution) => citedCable(request, resolution)));
  return html`<article>
    <p class="meta">
      <strong>@${post.author.handle}</strong>
      <span>${post.platform}, feed ${row.feed}</span> ${time(post.createdAt)} ${badge(verdict?.action ?? row.state)}
      ${verdict !== null && html`<span>${verdict.rule === null ? 'no rule matched' : html`rule <q>${verdict.rule}</q>`}</span>`}
    </p>
    ${post.text === '' ? html`<p class="dim">The text has been deleted.</p>` : postText(post.text, { hits })}
    ${
      cited.length > 0 &&
      html`<ul class="cited">
        ${cited.map((one) => html`<li>${one}</li>`)}
      </ul>`
    }
    ${readEach(replies, (reply) => replyOf(request, reply))}
    <div class="meta actions">
      ${why && html`<a href="/posts/${encodeURIComponent(row.key)}">Why</a>`}
      ${post.url !== null && externalLink(post.url, 'The post')}
      ${row.state === 'failed' && may(request.person, 'operator') && action(request, { path: '/dead-letters', key: row.key, label: 'Retry' })}
      ${!why && may(request.person, 'operator') && optOut(request, post)}
    </div>
  </article>`;
}

function hitsOf({ text, referenceId }: NonNullable<CardOptions['search']> = {}, all: readonly Resolution[]): string[] {
  const written = all.filter((one) => referenceId !== undefined && one.referenceId === referenceId);
  return [...(text === undefined ? [] : [text]), ...written.map((one) => one.written)];
}

/** The cable with its subject, and the first words of what is cited of it. */
async function citedCable({ context }: PageRequest, resolution: Resolution): Promise<Html> {
  const { referenceId, written, status, cable, paragraphs } = resolution;
  if (referenceId === null) return html`<span>${plain(written)}</span> ${badge(status)}`;
  const subject = cable?.subject ?? null;
  const words = await Promise.all(
    paragraphs.slice(0, mostParagraphs).map((each) => firstWords(context, referenceId, each)),
  );
  return html`<a class="id" href="${ownPath(referenceId)}">${referenceId}</a>
    ${subject !== null && html`<span>${plain(subject)}</span>`} ${status !== 'resolved' && badge(status)} ${words}`;
}

const mostParagraphs = 3;
const mostWords = 160;

async function firstWords({ cables }: PageRequest['context'], id: ReferenceId, number: number): Promise<Html> {
  const text = (await cables.corpus.cable(id))?.paragraphs.find((one) => one.number === number)?.text;
  const link = html`<a href="${ownPath(id)}#${ownAnchor(number)}">¶${number}</a>`;
  if (text === undefined) return html` ${link}`;
  return html`<span class="quoted">${link} ${plain(shortenedAtWord(text.replaceAll('\n', ' '), mostWords))}</span>`;
}

function replyOf(request: PageRequest, row: ReplyRow): Html {
  const { context, person } = request;
  const { text } = codecs.replies.payload.decode(row.payload, row.key);
  const published = codecs.replies.published.decode(row.published, row.key);
  const isLogged = row.state === 'sent' && isDryRun(context.config, row.publisher);
  const operator = may(person, 'operator');
  return html`<div class="answer">
    <p class="meta">
      ${badge(isLogged ? 'logged (dry run)' : row.state, isLogged ? 'calm' : undefined)} <span>${row.publisher}</span>
      ${time(row.sent_at ?? row.updated_at)} ${row.reason !== null && html`<span>${row.reason}</span>`}
      ${published !== null && published.url !== null && externalLink(published.url, 'The reply')}
    </p>
    <p class="words reply">${text === '' ? html`<span class="dim">The text has been deleted.</span>` : text}</p>
    <div class="meta actions">
      ${row.state === 'held' && may(person, 'reviewer') && action(request, { path: '/review', key: row.key, label: 'Approve and send', choice: 'approve' })}
      ${operator && ['refused', 'abandoned'].includes(row.state) && action(request, { path: '/dead-letters', key: row.key, label: 'Retry', ask: doubleWarning(row) })}
      ${operator && ['planned', 'held', 'sent'].includes(row.state) && action(request, { path: '/replies/withdraw', key: row.key, label: 'Withdraw', ask: 'Withdraw this reply? If it is published, it is deleted there.' })}
    </div>
  </div>`;
}

interface Action {
  readonly path: string;
  readonly key: string;
  readonly label: string;
  readonly choice?: string;
  readonly ask?: string | undefined;
}

/** A button that comes back to this page. */
function action({ token, url }: PageRequest, { path, key, label, choice, ask }: Action): Html {
  return html`<form method="post" action="${path}" ${ask !== undefined && html`data-ask="${ask}"`}>
    ${token} ${hiddenField('key', key)} ${backField(url)}
    <button
      class="quiet small"
      type="submit"
      ${choice !== undefined && html`name="choice" value="${choice}"`}
      aria-label="${label}: ${key}"
    >
      ${label}
    </button>
  </form>`;
}

function optOut({ token, url }: PageRequest, { platform, author, key }: Post): Html {
  return html`<form method="post" action="/consent" data-ask="Never answer @${author.handle} again?">
    ${token} ${backField(url)}
    <input type="hidden" name="platform" value="${platform}" /> <input type="hidden" name="id" value="${author.id}" />
    <input type="hidden" name="reason" value="${`noted below ${key}`.slice(0, 500)}" />
    <button class="quiet small" type="submit" name="choice" value="out">Opt the author out</button>
  </form>`;
}
