import { palette } from '../../core/text/palette.ts';
import { utcDay } from '../../core/zone.ts';
import type { Backtest } from '../../operations/backtest-rules.ts';
import { type Paint, onLine, plain } from './output.ts';

type Pair = Backtest['actions'][string];
type Difference = keyof Backtest['examples'];

const words: Readonly<Record<Difference, string>> = {
  gained: 'answered now',
  lost: 'no longer answered',
  louder: 'stronger action',
  quieter: 'weaker action',
  changed: 'same action, other rule or template',
};
const kinds = Object.keys(words) as Difference[];

/** For a terminal. */
export function backtestText(found: Backtest, paint: Paint): string {
  const authors = found.authors.map((pair) => line(`@${pair.author}`, pair));
  return [
    headline(found),
    '',
    ...(found.posts === 0 ? ['There is nothing to compare: no post was decided since then.'] : []),
    ...section('Actions', pairs(found.actions), paint),
    ...section('By rule', pairs(found.rules), paint),
    ...section('Replies a day', [...fullestDays(found), ...quotas(found)], paint),
    ...section('Costs of replies', charges(found), paint),
    ...section('Replies by author', authors, paint),
    ...kinds.flatMap((kind) => examples(found, kind, paint)),
    isAlike(found) ? 'No verdict differs.' : 'Details of a post: pilcrow explain KEY',
  ].join('\n');
}

function isAlike({ differences, posts }: Backtest): boolean {
  return differences.same === posts;
}

function headline({ posts, since, old, new: now }: Backtest): string {
  const from = old === 'as decided' ? 'stored verdicts' : `rules ${old}`;
  return `${posts.toLocaleString('en')} posts since ${utcDay(since)}: ${from} → rules ${now}`;
}

function section(heading: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : [paint.bold(heading), ...lines.map((each) => `  ${each}`), ''];
}

function pairs(counts: Readonly<Record<string, Pair>>): string[] {
  return Object.entries(counts).map(([name, pair]) => line(name === '-' ? 'no rule' : name, pair));
}

function line(name: string, { old, new: now }: Pair): string {
  const change = now === old ? '' : `  (${now > old ? '+' : '−'}${Math.abs(now - old).toLocaleString('en')})`;
  return `${onLine(name).padEnd(32)} ${old.toLocaleString('en').padStart(9)} → ${now.toLocaleString('en').padStart(9)}${change}`;
}

const maxDays = 7;

function fullestDays({ days }: Backtest): string[] {
  const fullest = Object.entries(days).toSorted(([, a], [, b]) => Math.max(b.old, b.new) - Math.max(a.old, a.new));
  const more = fullest.length > maxDays ? [`and ${fullest.length - maxDays} days with fewer`] : [];
  return [...fullest.slice(0, maxDays).map(([date, pair]) => line(date, pair)), ...more];
}

/** The daily quotas of the publishers, and the days on which they would be used up. */
function quotas({ days, quotas: all }: Backtest): string[] {
  const fullest = Math.max(0, ...Object.values(days).map((pair) => pair.new));
  return all.map(({ publisher, perDay }) => {
    if (perDay === null) return `${publisher} has no daily quota`;
    const over = Object.values(days).filter((pair) => pair.new > perDay).length;
    return `${publisher} may send ${perDay} a day: at most ${fullest} are used${over === 0 ? '' : `, and on ${over} days some wait for the next`}`;
  });
}

/** The costs at the highest price of a reply with a link. */
function charges({ costs }: Backtest): string[] {
  return Object.entries(costs).map(([publisher, { old, new: now }]) => {
    return `${onLine(publisher)}: $${(old / 1e6).toFixed(2)} → $${(now / 1e6).toFixed(2)} at most`;
  });
}

function examples(found: Backtest, kind: Difference, paint: Paint): string[] {
  const count = found.differences[kind];
  if (count === 0) return [];
  const shown = found.examples[kind].flatMap((example) => [
    `${paint.bold(onLine(example.key))}  @${onLine(example.author)}: ${onLine(example.text, 70)}`,
    `  ${verdict(example.old)} → ${verdict(example.new)}`,
  ]);
  return section(`${count.toLocaleString('en')} ${words[kind]}`, shown, paint);
}

function verdict({ action, rule, clause }: Backtest['examples'][Difference][number]['old']): string {
  return `${action} (${rule ?? 'no rule'}${clause === null ? '' : `: ${clause}`})`;
}

/** A self-contained page: no scripts, no external resources. */
export function backtestHtml(found: Backtest): string {
  const most = Math.max(1, ...Object.values(found.days).map((pair) => Math.max(pair.old, pair.new)));
  const days = Object.entries(found.days).map(([date, pair]) => {
    return `<tr><th>${date}</th>${bar(pair.old, most, 'old')}${bar(pair.new, most, 'new')}</tr>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Backtest of rules ${escaped(found.new)}</title>
<style>${style}</style>
<h1>Backtest</h1>
<p>${escaped(headline(found))}.</p>
${htmlTable('Actions', found.actions)}
${htmlTable('By rule', found.rules)}
<h2>Replies a day</h2>
<table><tr><th>day</th><th>old</th><th>new</th></tr>${days.join('\n')}</table>
${htmlList(quotas(found))}
${htmlList(charges(found))}
${htmlTable('Replies by author', Object.fromEntries(found.authors.map((pair) => [`@${pair.author}`, pair])))}
${kinds.map((kind) => htmlExamples(found, kind)).join('\n')}
${isAlike(found) ? '<p>No verdict differs.</p>' : ''}
</html>
`;
}

const { light, dark, serif, sans } = palette;
const style = `body{font:16px/1.6 ${sans};max-width:60rem;margin:2rem auto;padding:0 1rem;color:${light.ink};background:${light.paper};overflow-wrap:anywhere}
h1,h2{font-family:${serif};font-weight:600;line-height:1.25}table{border-collapse:collapse;width:100%}
table{table-layout:fixed}th:first-child{width:50%}td,th{padding:.4rem 1rem .4rem 0;vertical-align:top;text-align:left;font-weight:400;border-bottom:1px solid ${light.line};font-variant-numeric:tabular-nums}
.bar{height:.5rem;background:${light.accent}}.old{opacity:.5}blockquote{margin:.2rem 0 .2rem 1rem;color:${light.soft}}
@media(prefers-color-scheme:dark){body{color:${dark.ink};background:${dark.paper}}td,th{border-color:${dark.line}}.bar{background:${dark.accent}}blockquote{color:${dark.soft}}}`;

/** As long as its share of the fullest day. */
function bar(count: number, most: number, side: 'old' | 'new'): string {
  return `<td>${count}<div class="bar ${side}" style="width:${Math.round((100 * count) / most)}%"></div></td>`;
}

function htmlList(items: readonly string[]): string {
  return `<ul>${items.map((each) => `<li>${escaped(each)}`).join('')}</ul>`;
}

function htmlTable(heading: string, counts: Readonly<Record<string, Pair>>): string {
  const rows = Object.entries(counts).map(
    ([name, pair]) =>
      `<tr><th>${escaped(name === '-' ? 'no rule' : name)}</th><td>${pair.old}</td><td>${pair.new}</td></tr>`,
  );
  if (rows.length === 0) return '';
  return `<h2>${heading}</h2>\n<table><tr><th></th><th>old</th><th>new</th></tr>${rows.join('\n')}</table>`;
}

function htmlExamples(found: Backtest, kind: Difference): string {
  if (found.differences[kind] === 0) return '';
  const shown = found.examples[kind].map(
    (example) =>
      `<details><summary><code>${escaped(example.key)}</code> @${escaped(example.author)}: ${escaped(verdict(example.old))} → ${escaped(verdict(example.new))}</summary><blockquote>${escaped(example.text)}</blockquote></details>`,
  );
  return `<h2>${found.differences[kind]} ${words[kind]}</h2>\n${shown.join('\n')}`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return plain(text).replaceAll(/[&<>"]/g, (character) => entities[character]!);
}
