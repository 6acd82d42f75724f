import { html } from 'hono/html';
import { type Backtest, backtest } from '../../operations/backtest-rules.ts';
import { testRules } from '../../app/rule-tests.ts';
import { compareWith } from '../../operations/compare-rules.ts';
import { inspectRules, readRules } from '../../app/read-rules.ts';
import { excerpt } from '../../config/yaml/excerpt.ts';
import type { Config } from '../../config/config.ts';
import type { Finding } from '../../config/yaml/yaml.ts';
import { ConfigError } from '../../core/errors.ts';
import { type Html, Refusal } from '../page.ts';
import { badge, count, table } from '../parts.ts';

const dayMs = 86_400_000;
const name = 'draft';

/** Looks for faults, runs its tests, compares it with the rules in force, and, with `days`, tries it on what has happened. */
export async function drafted(config: Config, { text, days }: { text: string; days?: number }): Promise<Html> {
  const source = { name, text };
  const findings = inspectRules(config, source);
  if (!isReadable(config, source)) return faults(text, findings);
  const compared =
    days === undefined
      ? undefined
      : await alone(() => backtest(config, { sinceMs: days * dayMs, source, progress: () => {} }));
  return html`${findings.length === 0 ? html`<p class="said" role="status">Nothing is wrong with it.</p>` : faults(text, findings)}
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

/** One at a time in a process: each reads all posts of its days, and a bot may work beside it. */
let running = false;

async function alone<T>(work: () => Promise<T>): Promise<T> {
  if (running) throw new Refusal(429, 'A backtest is under way. Try again when it is done.');
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
    <h2 id="changes">Beside the rules in force</h2>
    ${lines.length === 0 ? html`<p>They say the same.</p>` : list}
  </section>`;
}

async function tests(config: Config, source: Source): Promise<Html> {
  const results = await Array.fromAsync(testRules(config, source));
  if (results.length === 0)
    return html`<section>
      <h2>Its tests</h2>
      <p>There are none.</p>
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
  return table('Its tests', ['Test', 'Result', 'What is different'], rows);
}

const kinds: Readonly<Record<keyof Backtest['examples'], string>> = {
  gained: 'answered now',
  lost: 'no longer answered',
  louder: 'more is done',
  quieter: 'less is done',
  changed: 'another rule or other words',
};

function comparison(found: Backtest): Html {
  const pairs = (counts: Backtest['actions']) =>
    Object.entries(counts).map(([what, { old, new: now }]) => [
      what === '-' ? 'no rule' : what,
      count(old),
      count(now),
      difference(now - old),
    ]);
  const headings = ['What', 'In force', 'Draft', 'Difference'];
  const since = new Date(found.since).toISOString().slice(0, 10);
  return html`<section aria-labelledby="backtest">
    <h2 id="backtest">Backtest</h2>
    <p class="lead">${count(found.posts)} posts since ${since}: rules ${found.old} beside the draft (${found.new}).</p>
    ${found.posts === 0 && html`<p>There is nothing to compare: no post was decided since then.</p>`}
    <ul class="chips">
      ${Object.entries(kinds).map(([kind, what]) => html`<li><strong>${count(found.differences[kind as keyof typeof kinds])}</strong> ${what}</li>`)}
    </ul>
    ${found.posts > 0 && table('What is done', headings, pairs(found.actions))}
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
