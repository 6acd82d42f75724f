import { html } from 'hono/html';
import { decideHeld } from '../../operations/review.ts';
import { Payload } from '../../core/reply.ts';
import { postRow } from '../../ledger/posts/posts.ts';
import { heldReplies } from '../../ledger/replies/held-replies.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import type { TextLimits } from '../../platforms/platform.ts';
import { type Answer, type Html, may, type Page, Refusal, type View, type Request } from '../page.ts';
import { badge, count, empty, hidden, namedIn, outward, time } from '../parts.ts';

export const reviewPages: readonly Page[] = [
  { method: 'GET', path: '/review', audience: 'viewer', nav: 'Review', answer: view },
  { method: 'POST', path: '/review', audience: 'reviewer', answer: decide },
];

const most = 50;

async function view(request: Request): Promise<View> {
  const { context } = request;
  const rows = await heldReplies(context.ledger.db, most + 1);
  const limits = new Map<string, TextLimits | undefined>();
  for (const { publisher } of rows)
    if (!limits.has(publisher)) limits.set(publisher, await context.limits(publisher).catch(() => undefined));
  const cards = await Promise.all(rows.slice(0, most).map((row) => card(request, row, limits.get(row.publisher))));
  return {
    title: 'Review',
    body: html`<p class="lead">Replies that a rule holds for a person, the most urgent first.</p>
      <div data-live id="live-review">
        ${cards.length === 0 ? empty('Nothing waits for you', 'A rule with action: hold plans a reply and leaves it to you. It will stand here.') : cards}
        ${rows.length > most && html`<p>There are more; they come up as these are decided.</p>`}
      </div>`,
  };
}

async function card({ context, person, token }: Request, row: ReplyRow, limits: TextLimits | undefined): Promise<Html> {
  const { text, replyTo } = Payload.parse(JSON.parse(row.payload));
  const post = await postRow(context.ledger.db, row.post_key);
  const asked = post === undefined ? '' : ((JSON.parse(post.post) as { text?: string }).text ?? '');
  return html`<article>
    <p class="meta">
      <strong>To @${replyTo.author}</strong> <span>through ${row.publisher}</span>
      ${row.due_at !== null && html`<span>until ${time(row.due_at)}</span>`} ${badge('held')}
    </p>
    ${asked !== '' && html`<blockquote class="words">${asked}</blockquote>`}
    <h2>The reply</h2>
    <p class="words reply">${marked(text)}</p>
    <p class="dim">${lengthOf(text, limits)}</p>
    <p class="meta">
      <a href="/posts/${encodeURIComponent(row.post_key)}">Why it is held</a>
      ${replyTo.url !== null && outward(replyTo.url, 'The post')}
    </p>
    ${may(person, 'reviewer') && forms(row.key, { text, limits, token })}
  </article>`;
}

/** With its links marked: they are what people will press. */
function marked(text: string): readonly (string | Html)[] {
  return text.split(/(https?:\/\/\S+)/).map((part, i) => (i % 2 === 1 ? html`<mark>${part}</mark>` : part));
}

function lengthOf(text: string, limits: TextLimits | undefined): string {
  if (limits === undefined) return 'Its publisher cannot be asked now how it counts.';
  const length = count(limits.length(text));
  if (!Number.isFinite(limits.maxLength)) return `${length} characters; it takes any number`;
  return `${length} of ${count(limits.maxLength)} characters, as the platform counts them`;
}

interface Filling {
  readonly text: string;
  readonly limits: TextLimits | undefined;
  readonly token: Html;
}

function forms(key: string, { text, limits, token }: Filling): Html {
  const named = html`${token} ${hidden('key', key)}`;
  const id = `length-${Buffer.from(key).toString('base64url')}`;
  return html`<div class="row">
      <form method="post" action="/review">
        ${named} <button type="submit" name="choice" value="approve">Approve and send</button>
      </form>
    </div>
    <details>
      <summary>Edit its words</summary>
      <form method="post" action="/review">
        ${named}
        <label
          >The whole text
          <textarea
            name="text"
            rows="6"
            required
            aria-describedby="${id}"
            ${limits && Number.isFinite(limits.maxLength) && html`data-most="${limits.maxLength}"`}
          >
${text}</textarea>
        </label>
        <p class="dim" id="${id}">${lengthOf(text, limits)}</p>
        <button type="submit" name="choice" value="edit">Save the words</button>
        <small>It waits on, for an approval.</small>
      </form>
    </details>
    <details>
      <summary>Reject it</summary>
      <form method="post" action="/review">
        ${named}
        <label>Reason <input name="reason" required maxlength="500" /></label>
        <button class="danger" type="submit" name="choice" value="reject">Reject, never send</button>
      </form>
    </details>`;
}

async function decide({ context, person, form }: Request): Promise<Answer> {
  const key = namedIn(form, 'key') ?? '';
  const decided = await decideHeld(context.config, context.ledger, {
    ...decisionOf(form),
    key,
    who: person?.name ?? '',
  });
  if (decided.kind === 'late') {
    const now = decided.state === undefined ? 'there is no such reply' : `it is ${decided.state} now`;
    throw new Refusal(409, `Somebody else was faster, or its time was over: ${now}. Nothing was done.`);
  }
  context.nudge();
  return { location: '/review', flash: `${key}: ${outcomes[form.get('choice') ?? ''] ?? 'done'}` };
}

const outcomes: Readonly<Record<string, string>> = {
  approve: 'approved, it goes out now',
  edit: 'has other words, and waits on',
  reject: 'rejected, it will not be sent',
};

type Choice = { choice: 'approve' | 'reject'; reason: string } | { choice: 'edit'; text: string };

/** Errors: Refusal for a form that says nothing that can be done. */
function decisionOf(form: URLSearchParams): Choice {
  const choice = form.get('choice');
  const reason = (form.get('reason') ?? '').trim().slice(0, 500);
  if (choice === 'approve') return { choice, reason };
  if (choice === 'edit') return { choice, text: form.get('text') ?? '' };
  if (choice === 'reject' && reason !== '') return { choice, reason };
  throw new Refusal(
    400,
    choice === 'reject' ? 'A rejection needs a reason.' : 'Approve, edit or reject: nothing else can be done here.',
  );
}
