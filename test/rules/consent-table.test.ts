import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { policyOf } from '../../src/app/answering.ts';
import { findCitations } from '../../src/cables/citations/find.ts';
import { ReplyMode } from '../../src/core/verdict.ts';
import { platforms } from '../../src/platforms/index.ts';
import { decide, type Facts } from '../../src/rules/decide.ts';
import { Rules } from '../../src/rules/schema.ts';
import { facts, post } from './facts.ts';

const document = new URL('../../docs/consent.md', import.meta.url);
const answerAll = Rules.parse({ rules: [{ name: 'answer', action: 'reply' }] });

/** Whom the post is from, and what is known of them. */
const cases: Readonly<Record<string, Partial<Facts>>> = {
  'somebody who did nothing': {},
  'summoned the bot': { post: post({ summoned: true }) },
  'opted in': { optedIn: true },
  'opted out, and summoned it': { optedOut: true, post: post({ summoned: true }) },
  'wrote #nobot, and summoned it': { post: post({ summoned: true, text: '@bot #07ASTANA2244 #NoBot' }) },
  'is a bot, and summoned it': {
    post: post({ summoned: true, author: { id: 'b', handle: 'b', name: null, bot: true } }),
  },
  'wrote to followers, and summoned it': { post: post({ summoned: true, visibility: 'followers' }) },
  'wrote directly, and summoned it': { post: post({ summoned: true, visibility: 'direct' }) },
  'wrote to followers, and opted in': { optedIn: true, post: post({ visibility: 'followers' }) },
  'wrote unlisted, and summoned it': { post: post({ summoned: true, visibility: 'unlisted' }) },
  'boosted somebody else': { post: post({ repost: true }) },
  'blocks the bot': { optedIn: true, post: post({ closed: 'its author blocks the bot' }) },
  'is the bot itself': { post: post({ author: { id: 'bot', handle: 'pilcrow', name: null, bot: true } }) },
};

function verdictOn(platform: string, mode: ReplyMode, changes: Partial<Facts>) {
  const valuesList = facts({ ...changes, mode, policy: policyOf(platform) });
  return decide({ ...valuesList, post: { ...valuesList.post, platform } }, answerAll);
}

/** The tables as they stand in docs/consent.md; what lowered a verdict is named by number. */
function tables(): string {
  const clauses: string[] = [];
  const numberOf = (clause: string) => {
    if (!clauses.includes(clause)) clauses.push(clause);
    return clauses.indexOf(clause) + 1;
  };
  const parts = platforms.map(({ id, consent }) => {
    const rows = Object.entries(cases).map(([who, changes]) => {
      const cells = ReplyMode.options.map((mode) => {
        const { action, clause } = verdictOn(id, mode, changes);
        return clause === null ? `**${action}**` : `${action} (${numberOf(clause)})`;
      });
      return [who, ...cells];
    });
    const { summons, clause, source } = consent;
    const words = `Summons: ${summons}. ${clause[0]?.toUpperCase()}${clause.slice(1)} (${source}).`;
    return [`### ${id}`, words, table(['the author', ...ReplyMode.options], rows)].join('\n\n');
  });
  const legend = clauses.map((clause, i) => `${i + 1}. ${clause}`).join('\n');
  return `${parts.join('\n\n')}\n\n### What lowers\n\n${legend}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

const marker = '## Every platform, every mode\n\n';

test('docs/consent.md says for every platform, mode and author what comes of a rule that would answer all', () => {
  const [before = ''] = readFileSync(document, 'utf8').split(marker);
  const written = `${before}${marker}${tables()}`;
  if (process.env['GOLDEN'] === 'write') writeFileSync(document, written);
  expect(readFileSync(document, 'utf8')).toBe(written);
});

describe.each(platforms)('on $id', ({ id, consent }) => {
  test.each(ReplyMode.options)('in mode %s', (mode) => {
    const got = Object.fromEntries(
      Object.entries(cases).map(([who, changes]) => [who, verdictOn(id, mode, changes).action]),
    );
    const leavesTheHouse = mode !== 'dry-run';
    const permitted = consent.permits.includes(mode);
    const answersInPrivate = !leavesTheHouse || (id === 'mastodon' && mode !== 'own-timeline');
    expect(got).toEqual({
      'somebody who did nothing':
        mode === 'dry-run' || (permitted && ['own-timeline', 'open'].includes(mode)) ? 'reply' : 'record',
      'summoned the bot': 'reply',
      'opted in': !leavesTheHouse || (permitted && mode !== 'summoned') ? 'reply' : 'record',
      'opted out, and summoned it': 'record',
      'wrote #nobot, and summoned it': 'record',
      'is a bot, and summoned it': 'record',
      'wrote to followers, and summoned it': answersInPrivate ? 'reply' : 'record',
      'wrote directly, and summoned it': answersInPrivate ? 'reply' : 'record',
      'wrote to followers, and opted in': leavesTheHouse ? 'record' : 'reply',
      'wrote unlisted, and summoned it': mode === 'own-timeline' ? 'record' : 'reply',
      'boosted somebody else': 'record',
      'blocks the bot': leavesTheHouse ? 'record' : 'reply',
      'is the bot itself': 'ignore',
    });
  });
});

test('what is only quoted is no citation, so there is nothing to answer', () => {
  const quoting = { text: 'Look at this:\n> #cablegate #07ASTANA2244 ¶5', hashtags: [], links: [] };
  expect(findCitations(quoting, { weakCounts: true }).citations).toEqual([]);
});

describe('the mode of a rule', () => {
  const ask = (mode: ReplyMode, changes: Partial<Facts>) =>
    decide(facts(changes), Rules.parse({ rules: [{ name: 'a', action: 'reply', mode }] })).action;

  test('holds beside that of the publisher, also where that is only a log', () => {
    expect(ask('summoned', {})).toBe('record');
    expect(ask('summoned', { post: post({ summoned: true }) })).toBe('reply');
    expect(ask('opted-in', { optedIn: true })).toBe('reply');
    expect(ask('open', {})).toBe('record');
  });

  test('never widens it', () => {
    expect(ask('open', { mode: 'summoned', policy: policyOf('nostr') })).toBe('record');
    expect(ask('opted-in', { mode: 'summoned', optedIn: true, policy: policyOf('nostr') })).toBe('record');
  });
});
