import { html } from 'hono/html';
import { decideHeld, decideHeldOf, sentBeside } from '../../operations/review.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import { readEach } from '../../ledger/db/json-column.ts';
import { postRow } from '../../ledger/posts/posts.ts';
import { heldReplies } from '../../ledger/replies/held-replies.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import type { TextLimits } from '../../platforms/platform.ts';
import { limitsBeside } from '../../core/reply.ts';
import { isLimited } from '../../core/post.ts';
import {
  type Html,
  HttpError,
  may,
  type Page,
  type PageRequest,
  type PageResult,
  type Person,
  type View,
} from '../page.ts';
import { badge, count, decodedField, empty, externalLink, hiddenField, pager, time } from '../parts.ts';

export const reviewPages: readonly Page[] = [
  { method: 'GET', path: '/review', audience: 'viewer', nav: 'Review', handle: view },
  { method: 'POST', path: '/review', audience: 'reviewer', handle: decide },
];

const limit = 50;
/** Cards of one author on the page of all authors. */
const perAuthor = 3;

/** Held replies by author, a few of each; `?author=` shows all of one. */
async function view(request: PageRequest): Promise<View> {
  const { context, person, url } = request;
  const author = url.searchParams.get('author') ?? undefined;
  const after = url.searchParams.get('after') ?? undefined;
  const asked = author === undefined ? { perAuthor } : { author };
  const { rows: page, leftOut } = await heldReplies(context.ledger.db, { ...asked, after, limit });
  const rows = visibleTo(person, page);
  const limits = new Map<string, TextLimits | undefined>();
  for (const { publisher } of rows)
    if (!limits.has(publisher)) limits.set(publisher, await context.limits(publisher).catch(() => undefined));
  const groups = Map.groupBy(rows, (row) => row.author);
  const shown = [...groups].map(async ([of, held]) => {
    const cards = await Promise.all(held.map((row) => card(request, row, limits.get(row.publisher))));
    return html`${groupHeader(request, of, held[0]?.of_author ?? 0, author === undefined)} ${cards}`;
  });
  return {
    title: 'Review',
    body: html`<p class="lead">Replies that a rule holds for review, by author, most urgent first.</p>
      <div data-live id="live-review">
        ${rows.length === 0 ? empty('Nothing to review', 'Replies of rules with action: hold will appear here.') : await Promise.all(shown)}
        ${pager(url, leftOut > 0 ? page.at(-1)?.key : undefined)}
      </div>`,
  };
}

/** Names an author with several held replies, and decides about all of them. */
function groupHeader({ person, token }: PageRequest, author: string, held: number, isPart: boolean): Html {
  if (held < 2) return html``;
  const all = `/review?author=${encodeURIComponent(author)}`;
  return html`<h2>${author}: ${held} replies</h2>
    ${isPart && held > perAuthor && html`<p><a href="${all}">Show all ${held}</a></p>`}
    ${
      may(person, 'reviewer') &&
      html`<details>
        <summary>Decide about all ${held} replies to ${author}</summary>
        <form method="post" action="/review">
          ${token} ${hiddenField('author', author)}
          <label>Reason <input name="reason" maxlength="500" /></label>
          <button type="submit" name="choice" value="approve">Approve all and send</button>
          <button class="danger" type="submit" name="choice" value="reject">Reject all for good</button>
        </form>
      </details>`
    }`;
}

async function card(
  { context, person, token }: PageRequest,
  row: ReplyRow,
  limits: TextLimits | undefined,
): Promise<Html> {
  const payload = codecs.replies.payload.decode(row.payload, row.key);
  const { text, replyTo, warning } = payload;
  const room = limits && limitsBeside(warning, limits);
  const post = await postRow(context.ledger.db, row.post_key);
  const [question = ''] = readEach(
    post === undefined ? [] : [post],
    ({ post: stored, key }) => codecs.posts.post.decode(stored, key).text,
  );
  return html`<article>
    <p class="meta">
      <strong>To @${replyTo.author}</strong> <span>by ${row.publisher}</span>
      ${row.due_at !== null && html`<span>until ${time(row.due_at)}</span>`} ${badge('held')}
    </p>
    ${question !== '' && html`<blockquote class="words">${question}</blockquote>`}
    <h2>The reply</h2>
    <p class="words reply">${marked(text)}</p>
    <p class="dim">${lengthOf(text, room)}</p>
    <dl>
      ${sentBeside(payload).map(
        ([label, value]) =>
          html`<dt>${label}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    <p class="meta">
      <a href="/posts/${encodeURIComponent(row.post_key)}">Why it is held</a>
      ${replyTo.url !== null && externalLink(replyTo.url, 'The post')}
    </p>
    ${may(person, 'reviewer') && forms(row.key, text, room, token)}
  </article>`;
}

/** Replies that can be read, those to direct and followers-only posts for reviewers and operators alone. */
export function visibleTo<Row extends ReplyRow>(person: Person | undefined, rows: readonly Row[]): Row[] {
  return readEach(rows, (row) => {
    const { replyTo } = codecs.replies.payload.decode(row.payload, row.key);
    return may(person, 'reviewer') || !isLimited(replyTo) ? [row] : [];
  }).flat();
}

/** Highlights the links of a reply. */
function marked(text: string): readonly (string | Html)[] {
  return text.split(/(https?:\/\/\S+)/).map((part, i) => (i % 2 === 1 ? html`<mark>${part}</mark>` : part));
}

function lengthOf(text: string, limits: TextLimits | undefined): string {
  if (limits === undefined) return 'Length unknown: the publisher is unavailable.';
  const length = count(limits.length(text));
  if (!Number.isFinite(limits.maxLength)) return `${length} characters (no limit)`;
  return `${length} of ${count(limits.maxLength)} characters, as the platform counts them`;
}

function forms(key: string, text: string, limits: TextLimits | undefined, token: Html): Html {
  const named = html`${token} ${hiddenField('key', key)}`;
  const id = `length-${Buffer.from(key).toString('base64url')}`;
  return html`<div class="row">
      <form method="post" action="/review">
        ${named} <button type="submit" name="choice" value="approve">Approve and send</button>
      </form>
    </div>
    <details>
      <summary>Edit the text</summary>
      <form method="post" action="/review">
        ${named}
        <label
          >Text
          <textarea
            name="text"
            rows="6"
            required
            aria-describedby="${id}"
            ${limits && Number.isFinite(limits.maxLength) && html`data-max-length="${limits.maxLength}"`}
          >
${text}</textarea>
        </label>
        <p class="dim" id="${id}">${lengthOf(text, limits)}</p>
        <button type="submit" name="choice" value="edit">Save</button>
        <small>The reply still needs an approval.</small>
      </form>
    </details>
    <details>
      <summary>Reject</summary>
      <form method="post" action="/review">
        ${named}
        <label>Reason <input name="reason" required maxlength="500" /></label>
        <button class="danger" type="submit" name="choice" value="reject">Reject for good</button>
      </form>
    </details>`;
}

async function decide({ context, person, form }: PageRequest): Promise<PageResult> {
  const author = decodedField(form, 'author');
  if (author !== undefined) {
    const choice = decisionOf(form);
    if (choice.choice === 'edit') throw new HttpError(400, 'An edit is for one reply.');
    const decided = await decideHeldOf(context.ledger, { ...choice, author, who: person?.name ?? '' });
    if (decided === 0) throw new HttpError(409, 'Already decided or expired. Nothing was done.');
    context.nudge();
    return { location: '/review', flash: `${author}: ${decided} replies, ${outcomes[choice.choice]}` };
  }
  const key = decodedField(form, 'key') ?? '';
  const decision = { ...decisionOf(form), key, who: person?.name ?? '' };
  const decided = await decideHeld(context.ledger, decision, context.limits);
  if (decided.kind === 'late') {
    const now = decided.state === undefined ? 'there is no such reply' : `it is ${decided.state} now`;
    throw new HttpError(409, `Already decided or expired: ${now}. Nothing was done.`);
  }
  context.nudge();
  return { location: '/review', flash: `${key}: ${outcomes[form.get('choice') ?? ''] ?? 'done'}` };
}

const outcomes: Readonly<Record<string, string>> = {
  approve: 'approved, will be sent now',
  edit: 'changed, still held for approval',
  reject: 'rejected, will not be sent',
};

type Choice = { choice: 'approve' | 'reject'; reason: string } | { choice: 'edit'; text: string };

/** Errors: HttpError for an invalid form. */
function decisionOf(form: URLSearchParams): Choice {
  const choice = form.get('choice');
  const reason = (form.get('reason') ?? '').trim().slice(0, 500);
  if (choice === 'approve') return { choice, reason };
  if (choice === 'edit') return { choice, text: form.get('text') ?? '' };
  if (choice === 'reject' && reason !== '') return { choice, reason };
  throw new HttpError(
    400,
    choice === 'reject' ? 'A rejection needs a reason.' : 'Unknown choice; known: approve, edit, reject.',
  );
}
