import { html } from 'hono/html';
import { type Backtest, backtest } from '../../operations/backtest-rules.ts';
import { testRules } from '../../app/rule-tests.ts';
import { compareWith } from '../../operations/compare-rules.ts';
import { inspectRules, readRules } from '../../app/read-rules.ts';
import { excerpt } from '../../config/explain-findings.ts';
import type { Config } from '../../config/config.ts';
import type { Finding } from '../../config/yaml/yaml.ts';
import { dayMs } from '../../core/durations.ts';
import { ConfigError } from '../../core/errors.ts';
import { type Html, HttpError } from '../page.ts';
import { badge, count, table } from '../parts.ts';

const name = 'draft';

/** Checks a draft, runs its tests, compares it with the rules in force and, with `days`, backtests it. */
export async function draftReport(config: Config, { text, days }: { text: string; days?: number }): Promise<Html> {
  const source = { name, text };
  const findings = inspectRules(config, source);
  if (!isReadable(config, source)) return faults(text, findings);
  const compared =
    days === undefined
      ? undefined
      : await exclusively(() => backtest(config, { sinceMs: days * dayMs, source, progress: () => {} }));
  return html`${findings.length === 0 ? html`<p class="flash" role="status">No findings.</p>` : faults(text, findings)}
  ${changes(config, source)} ${await tests(config, source)} ${compared !== undefined && comparison(compared)}`;
}

type Source = Readonly<Record<'name' | 'text', string>>;

function isReadable(config: Config, source: Source): boolean {
  try {
    readRules(config, source);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
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

function faults(text: string, findings: readonly Finding[]): Html {
  const lines = text.split('\n');
  return html`<section aria-labelledby="faults">
    <h2 id="faults">${findings.length === 1 ? 'One finding' : `${findings.length} findings`}</h2>
    <ol class="findings">
      ${findings.map((finding) => {
        const marked = excerpt(lines, finding);
        return html`<li>
          <p class="fault">Line ${finding.line}, column ${finding.column}: ${finding.message}</p>
          ${marked !== '' && html`<pre tabindex="0">${marked}</pre>`}
        </li>`;
      })}
    </ol>
  </section>`;
}

function changes(config: Config, source: Source): Html {
  const lines = compareWith(config, source);
  const list = html`<ul>
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
  return html`<section aria-labelledby="changes">
    <h2 id="changes">Changes to the rules in force</h2>
    ${lines.length === 0 ? html`<p>None.</p>` : list}
  </section>`;
}

async function tests(config: Config, source: Source): Promise<Html> {
  const results = await Array.fromAsync(testRules(config, source));
  if (results.length === 0)
    return html`<section>
      <h2>Tests</h2>
      <p>The draft has no tests.</p>
    </section>`;
  const rows = results.map(({ test, differences }) => [
    test.name,
    differences.length === 0 ? badge('passes', 'good') : badge('fails', 'bad'),
    differences.length === 0
      ? '–'
      : html`<ul>
          ${differences.map((one) => html`<li>${one}</li>`)}
        </ul>`,
  ]);
  return table('Tests', ['Test', 'Result', 'Differences'], rows);
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
    ${found.posts > 0 && table('By action', headings, pairs(found.actions))}
    ${found.posts > 0 && table('By rule', headings, pairs(found.rules))}
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
    <blockquote class="words">${text}</blockquote>
    <p><a href="/posts/${encodeURIComponent(key)}">Why</a></p>
  </article>`;
}
