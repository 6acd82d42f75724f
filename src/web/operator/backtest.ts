import { html } from 'hono/html';
import type { Config } from '../../config/config.ts';
import { dayMs } from '../../core/durations.ts';
import { type Backtest, backtest } from '../../operations/backtest-rules.ts';
import { type Html, HttpError } from '../page.ts';
import { badge, count, table } from '../parts.ts';
import { postText } from './mentions/post-text.ts';

/** What a draft would have done with the posts of so many days. Errors: HttpError while another backtest runs. */
export async function backtestReport(
  config: Config,
  source: { name: string; text: string },
  days: number,
): Promise<Html> {
  return comparison(await exclusively(() => backtest(config, { sinceMs: days * dayMs, source, progress: () => {} })));
}

/** One backtest at a time per process: each reads all posts of its days. */
let running = false;

async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  if (running) throw new HttpError(429, 'Another backtest is running. Try again when it is done.');
  running = true;
  try {
    return await work();
  } finally {
    running = false;
  }
}

const kinds: Readonly<Record<keyof Backtest['examples'], string>> = {
  gained: 'newly answered',
  lost: 'no longer answered',
  louder: 'stronger action',
  quieter: 'weaker action',
  changed: 'different rule or text',
};

function comparison(found: Backtest): Html {
  const pairs = (counts: Backtest['actions']) =>
    Object.entries(counts).map(([what, { old, new: now }]) => [
      what === '-' ? 'no rule' : what,
      count(old),
      count(now),
      difference(now - old),
    ]);
  const headings = ['Name', 'In force', 'Draft', 'Difference'];
  const since = new Date(found.since).toISOString().slice(0, 10);
  return html`<section aria-labelledby="backtest">
    <h2 id="backtest">Backtest</h2>
    <p class="lead">${count(found.posts)} posts since ${since}: rules ${found.old} against the draft (${found.new}).</p>
    ${found.posts === 0 && html`<p>No post was decided since then.</p>`}
    <ul class="chips">
      ${Object.entries(kinds).map(([kind, what]) => html`<li><strong>${count(found.differences[kind as keyof typeof kinds])}</strong> ${what}</li>`)}
    </ul>
    ${found.posts > 0 && table('By action', headings, pairs(found.actions), { compact: true })}
    ${found.posts > 0 && table('By rule', headings, pairs(found.rules), { compact: true })}
    ${Object.entries(found.examples).map(([kind, some]) => some.map((one) => example(kinds[kind as keyof typeof kinds], one)))}
  </section>`;
}

function difference(n: number): string {
  return n === 0 ? '–' : `${n > 0 ? '+' : '−'}${count(Math.abs(n))}`;
}

function example(what: string, { key, author, text, old, new: now }: Backtest['examples']['gained'][number]): Html {
  const verdict = (one: typeof old) => `${one.action} (${one.rule ?? 'no rule'})`;
  return html`<article>
    <p class="meta">
      <strong>@${author}</strong> ${badge(what, 'calm')} <span>${verdict(old)} → ${verdict(now)}</span>
    </p>
    ${postText(text)}
    <p><a href="/posts/${encodeURIComponent(key)}">Why</a></p>
  </article>`;
}
