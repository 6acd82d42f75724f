import { html } from 'hono/html';
import { isLimited, ownWords, type Post } from '../../core/post.ts';
import { limitsBeside } from '../../core/reply.ts';
import { shortened } from '../../core/text/strangers.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import { sentBeside } from '../../operations/review.ts';
import { underReview } from '../../operations/under-review.ts';
import type { TextLimits } from '../../platforms/platform.ts';
import { type Html, may, type PageRequest } from '../page.ts';
import { count, externalLink, hiddenField, marked, time } from '../parts.ts';
import { postText } from './mentions/post-text.ts';

/** A held reply with its post, the posts above, what may be wrong with it, and the forms that decide. */
export async function heldCard(
  { context, person, token }: PageRequest,
  row: ReplyRow,
  limits: TextLimits | undefined,
): Promise<Html> {
  const payload = codecs.replies.payload.decode(row.payload, row.key);
  const { text, replyTo, warning } = payload;
  const room = limits && limitsBeside(warning, limits);
  const { post, context: above, warnings } = await underReview(context.ledger.db, row);
  const to = html`<strong>To @${replyTo.author}</strong>`;
  const words = marked(text, /(https?:\/\/\S+)/);
  return html`<article>
    <div class="meta actions">
      ${may(person, 'reviewer') ? html`<label class="pick"><input type="checkbox" form="bulk" name="keys" value="${encodeURIComponent(row.key)}" aria-label="Select the reply to ${row.key}" /> ${to}</label>` : to}
      <span>by ${row.publisher}</span> ${row.due_at !== null && html`<span>expires ${time(row.due_at)}</span>`}
    </div>
    ${above.filter(({ post: one }) => may(person, 'reviewer') || !isLimited(one)).map(({ relation, post: one }) => quoted(relation, one))}
    ${post === undefined ? html`<p class="dim">The text of the post has been deleted.</p>` : postText(post.text)}
    <h2>The reply</h2>
    <div class="answer">
      <p class="words reply">${words}</p>
      ${warnings.map((one) => html`<p class="fault">${one}</p>`)}
      <p class="dim">${lengthOf(text, room)}</p>
    </div>
    <dl>
      ${sentBeside(payload).map(
        ([label, value]) =>
          html`<dt>${label}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    <p class="meta actions">
      <a href="/posts/${encodeURIComponent(row.post_key)}">Why it is held</a>
      ${replyTo.url !== null && externalLink(replyTo.url, 'The post')}
    </p>
    ${may(person, 'reviewer') && forms(row.key, text, room, token)}
  </article>`;
}

/** A post above the one that is answered. */
function quoted(relation: string, post: Post): Html {
  return html`<p class="meta">${relation} <strong>@${post.author.handle}</strong></p>
    ${postText(shortened(ownWords(post), 500), { kind: 'context' })}`;
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
