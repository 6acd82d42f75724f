import { html } from 'hono/html';
import type { Config } from '../../config/config.ts';
import { excerpt } from '../../config/explain-findings.ts';
import type { Finding } from '../../config/yaml/yaml.ts';
import { type DiffLine, lineDiff, withContext } from '../../core/text/line-diff.ts';
import { compareWith } from '../../operations/compare-rules.ts';
import { draftLanguage, draftLength, draftsByText } from '../../operations/explain/draft-replies.ts';
import { explainText } from '../../operations/explain/explain-post.ts';
import { type DraftJudgement, rulesText } from '../../operations/install-rules.ts';
import type { Html } from '../page.ts';
import { badge, inCode, table } from '../parts.ts';

/** What is wrong with a draft, the answer to what was asked about it, its tests, and what it changes. */
export function judgementReport(config: Config, text: string, judged: DraftJudgement, answer: Html): Html {
  const { faults, remarks, tests, passes } = judged;
  return html`<p class="${passes ? 'flash' : 'fault'}" role="status">${verdictOf(judged)}</p>
    ${faults.length > 0 && findingList('Faults', text, faults)}
    ${remarks.length > 0 && findingList('Remarks', text, remarks)} ${answer} ${tests.length > 0 && testTable(judged)}
    ${faults.length === 0 && changesOf(config, text)}`;
}

function verdictOf({ faults, remarks, tests, failed, passes }: DraftJudgement): string {
  const odd =
    remarks.length === 0
      ? ''
      : ` ${counted(remarks.length, 'remark')}: read ${remarks.length === 1 ? 'it' : 'them'} first.`;
  if (passes && tests.length === 0) return `No faults. The draft has no tests.${odd}`;
  if (passes)
    return `No faults, and ${tests.length === 1 ? 'its test passes' : `all ${tests.length} tests pass`}.${odd}`;
  if (failed > 0)
    return `${failed} of ${counted(tests.length, 'test')} ${failed === 1 ? 'fails' : 'fail'}: a bot would refuse this draft.${odd}`;
  return `${counted(faults.length, 'fault')}: a bot would refuse this draft.`;
}

function counted(n: number, one: string): string {
  return n === 1 ? `1 ${one}` : `${n} ${one}s`;
}

/** Each leads to its line in the draft. */
function findingList(title: string, text: string, findings: readonly Finding[]): Html {
  const lines = text.split('\n');
  return html`<section>
    <h2>${title}</h2>
    <ol class="findings">
      ${findings.map((finding) => {
        const marked = excerpt(lines, finding);
        return html`<li>
          <p class="fault">
            <a href="#line-${finding.line}" data-line="${finding.line}" data-column="${finding.column}"
              >Line ${finding.line}, column ${finding.column}</a
            >: ${inCode(finding.message)}
          </p>
          ${marked !== '' && html`<pre tabindex="0">${marked}</pre>`}
        </li>`;
      })}
    </ol>
  </section>`;
}

function testTable({ tests }: DraftJudgement): Html {
  const rows = tests.map(({ test, differences }) => [
    test.name,
    differences.length === 0 ? badge('passes', 'good') : badge('fails', 'bad'),
    differences.length === 0
      ? '–'
      : html`<ul>
          ${differences.map((one) => html`<li>${inCode(one)}</li>`)}
        </ul>`,
  ]);
  return table('Tests', ['Test', 'Result', 'Differences'], rows);
}

function changesOf(config: Config, text: string): Html {
  const changes = compareWith(config, { name: 'draft', text });
  const lines = withContext(lineDiff(rulesText(config), text), 3);
  return html`<section>
    <h2>Changes to the rules file</h2>
    ${
      changes.length > 0 &&
      html`<ul>
        ${changes.map((change) => html`<li>${change}</li>`)}
      </ul>`
    }
    ${lines.length === 0 ? html`<p>None.</p>` : html`<pre class="diff" tabindex="0">${lines.map(diffLine)}</pre>`}
  </section>`;
}

// A formatter would lay it out as a space.
const newLine = '\n';
const signs: Readonly<Record<DiffLine['kind'], string>> = { same: ' ', removed: '−', added: '+' };

function diffLine(line: DiffLine | null): Html {
  if (line === null) return html`<span class="left-out">⋯${newLine}</span>`;
  const number = String(line.now ?? line.old).padStart(4);
  return html`<span class="${line.kind}">${number} ${signs[line.kind]} ${line.text}${newLine}</span>`;
}

/** What the rules of a draft would do about a text. */
export async function trial(config: Config, draft: string, asked: TrialPost): Promise<Html> {
  const { text, platform, summoned } = asked;
  const short = { text, platform, summoned, author: 'reader', visibility: 'public', language: null } as const;
  const post = { ...short, bot: false, repost: false };
  const question = { post, feed: '', optedIn: false, optedOut: false };
  const { verdict, drafts } = await explainText(config, question, { name: 'draft', text: draft });
  return html`<section aria-labelledby="trial">
    <h2 id="trial">The reply</h2>
    <p>
      ${badge(verdict.action)}
      ${verdict.rule === null ? 'No rule matched.' : html`By rule <strong>${verdict.rule}</strong>.`} ${verdict.clause}
    </p>
    ${drafts.length === 0 && html`<p>There is no reply.</p>`}
    ${draftsByText(drafts).map(
      (same) =>
        html`<article>
          <p class="meta">
            <span>Characters:</span> ${same.map((one) => html`<span>${draftLength(one)}</span>`)}
            ${same.slice(0, 1).map((one) => html`<span>${inCode(draftLanguage(one))}</span>`)}
          </p>
          ${same.slice(0, 1).map(({ text: reply, fault }) => (reply === null ? html`<p class="fault">${fault}</p>` : html`<p class="words reply">${reply}</p>`))}
        </article>`,
    )}
  </section>`;
}

export interface TrialPost {
  readonly text: string;
  readonly platform: string;
  readonly summoned: boolean;
}
