import { html } from 'hono/html';
import { decideHeld, decideHeldOf } from '../../operations/review.ts';
import { underReview } from '../../operations/under-review.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import { readEach } from '../../ledger/db/json-column.ts';
import { heldReplies } from '../../ledger/replies/held-replies.ts';
import { replyRow } from '../../ledger/replies/replies.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import type { TextLimits } from '../../platforms/platform.ts';
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
import { backTo, decodedField, empty, hiddenField, pager } from '../parts.ts';
import { heldCard } from './held-card.ts';

export const reviewPages: readonly Page[] = [
  { method: 'GET', path: '/review', audience: 'viewer', nav: 'Review', waits: ['held'], handle: view },
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
    const cards = await Promise.all(held.map((row) => heldCard(request, row, limits.get(row.publisher))));
    return html`${groupHeader(request, of, held[0]?.of_author ?? 0, author === undefined)} ${cards}`;
  });
  return {
    title: 'Review',
    body: html`<p class="lead">Replies that a rule holds for review, by author, most urgent first.</p>
      <div data-live id="live-review">
        ${rows.length === 0 ? empty('Nothing to review', 'Replies of rules with action: hold will appear here.') : await Promise.all(shown)}
        ${pager(url, leftOut > 0 ? page.at(-1)?.key : undefined)}
        ${rows.length > 1 && may(person, 'reviewer') && bulkForm(request)}
      </div>`,
  };
}

/** Decides about the replies whose boxes are checked: the boxes belong to this form, which shows once one is checked. */
function bulkForm({ token }: PageRequest): Html {
  return html`<form id="bulk" method="post" action="/review" class="card row bulk">
    ${token} <input type="hidden" name="bulk" value="yes" />
    <label>Reason <small>to reject</small> <input name="reason" maxlength="500" /></label>
    <button type="submit" name="choice" value="approve">Approve selected</button>
    <button class="danger" type="submit" name="choice" value="reject">Reject selected</button>
  </form>`;
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

/** Replies that can be read, those to direct and followers-only posts for reviewers and operators alone. */
export function visibleTo<Row extends ReplyRow>(person: Person | undefined, rows: readonly Row[]): Row[] {
  return readEach(rows, (row) => {
    const { replyTo } = codecs.replies.payload.decode(row.payload, row.key);
    return may(person, 'reviewer') || !isLimited(replyTo) ? [row] : [];
  }).flat();
}

async function decide(request: PageRequest): Promise<PageResult> {
  const { context, person, form } = request;
  const keys = form.getAll('keys').map((key) => decodeURIComponent(key));
  if (form.get('bulk') === 'yes') return await decideSelected(request, keys);
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
  const row = decision.choice === 'edit' ? await replyRow(context.ledger.db, key) : undefined;
  const { warnings = [] } = row === undefined ? {} : await underReview(context.ledger.db, row);
  return { location: backTo(form, '/review'), flash: `${key}: ${outcomes[decision.choice]}.`, warnings };
}

/** Decides about the selected replies, one after the other: somebody else may have decided about some meanwhile. */
async function decideSelected({ context, person, form }: PageRequest, keys: readonly string[]): Promise<PageResult> {
  const choice = decisionOf(form);
  if (choice.choice === 'edit') throw new HttpError(400, 'An edit is for one reply.');
  if (keys.length === 0) throw new HttpError(400, 'Select a reply first. Nothing was done.');
  let done = 0;
  for (const key of keys.slice(0, limit)) {
    const decided = await decideHeld(context.ledger, { ...choice, key, who: person?.name ?? '' }, context.limits);
    if (decided.kind === 'done') done += 1;
  }
  context.nudge();
  const late = done === keys.length ? '' : `, ${keys.length - done} had been decided already`;
  return {
    location: '/review',
    flash: `${done} ${done === 1 ? 'reply' : 'replies'} ${outcomes[choice.choice]}${late}`,
  };
}

const outcomes: Readonly<Record<Choice['choice'], string>> = {
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
