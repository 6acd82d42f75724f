import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { backtest } from '../../operations/backtest-rules.ts';
import { type RuleTestResult, testRules } from '../../app/rule-tests.ts';
import { installRules, rulesText } from '../../operations/install-rules.ts';
import { openLedger } from '../../app/open-ledger.ts';
import { compareRules, rulesSoFar } from '../../operations/compare-rules.ts';
import { inspectRules, presetNames, presetText } from '../../app/read-rules.ts';
import { withExcerpts } from '../../config/explain-findings.ts';
import { unknownName } from '../../config/suggest.ts';
import { Duration } from '../../core/durations.ts';
import { UsageError } from '../../core/errors.ts';
import { backtestHtml, backtestText } from '../lib/print-backtest.ts';
import { type Output, onLine, plain, printList } from '../lib/output.ts';

export function rulesCommand(output: Output): Command {
  const command = new Command('rules');
  const parts = [
    showCommand,
    checkCommand,
    testCommand,
    backtestCommand,
    historyCommand,
    presetsCommand,
    diffCommand,
    installCommand,
  ];
  for (const part of parts) command.addCommand(part(output));
  return command;
}

function showCommand(output: Output): Command {
  return new Command('show')
    .description('print the rules of the configuration, as a draft to edit')
    .action((_options: unknown, self: Command) => {
      output.write(readFileSync(readConfig(self.optsWithGlobals()).rules, 'utf8'));
    });
}

function checkCommand(output: Output): Command {
  return new Command('check')
    .description('find mistakes in rules, and rules that can never apply; changes nothing')
    .argument('[file]', 'rules to check (default: those of the configuration)')
    .option('--json', 'one JSON object per finding and line: file, line, column, message')
    .addHelpText('after', checkHelp)
    .action((file: string | undefined, options: { json?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      const checked = file === undefined ? config.rules : resolve(file);
      const name = file ?? checked;
      const findings = inspectRules(config, checked);
      if (findings.length > 0) output.exitCode = 2;
      if (options.json === true) for (const finding of findings) output.json({ file: name, ...finding });
      else if (findings.length === 0) output.line(`${name}: no mistakes found.`);
      else for (const text of withExcerpts(name, readFileSync(checked, 'utf8'), findings)) output.line(text);
    });
}

function testCommand(output: Output): Command {
  return new Command('test')
    .description('run the tests of the rules; changes nothing')
    .argument('[file]', 'rules to test (default: those of the configuration)')
    .option('--json', 'one JSON object per test and line: name, passed, differences, verdict')
    .addHelpText('after', testHelp)
    .action(async (file: string | undefined, options: { json?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      const results = await Array.fromAsync(testRules(config, file === undefined ? config.rules : resolve(file)));
      for (const result of results) printTest(output, result, options.json === true);
      const failed = results.filter(({ differences }) => differences.length > 0).length;
      if (failed > 0) output.exitCode = 1;
      if (options.json === true) return;
      if (results.length === 0)
        output.line('There are no tests. They belong under `tests:` beside `rules:`, see --help.');
      else output.line(failed === 0 ? `All ${results.length} pass.` : `${failed} of ${results.length} fail.`);
    });
}

function backtestCommand(output: Output): Command {
  return new Command('backtest')
    .description('replay stored posts against the current and other rules; changes nothing')
    .option('--since <span>', 'period, such as 12h or 30d', '30d')
    .option('--rules <file>', 'the new rules; without it, compare the configured rules with the stored verdicts')
    .option('--html <file>', 'also write the result as a page')
    .option('--json', 'one JSON object')
    .addHelpText('after', backtestHelp)
    .action(async (asked: { since: string; rules?: string; html?: string; json?: true }, self: Command) => {
      const since = Duration.safeParse(asked.since);
      if (!since.success) throw new UsageError(`--since ${asked.since}: ${since.error.issues[0]?.message}`);
      const found = await backtest(readConfig(self.optsWithGlobals()), {
        sinceMs: since.data,
        ...(asked.rules !== undefined && { source: resolve(asked.rules) }),
        progress: (posts) => {
          if (process.stderr.isTTY) output.writeError(`\r${posts.toLocaleString('en')} posts `);
        },
      });
      if (process.stderr.isTTY) output.writeError('\r');
      if (asked.html !== undefined) writeFileSync(resolve(asked.html), backtestHtml(found));
      if (asked.json === true) output.json(found);
      else output.line(backtestText(found, output.paint));
      if (asked.html !== undefined && asked.json !== true) output.line(`Written to ${asked.html}.`);
    });
}

function historyCommand(output: Output): Command {
  return new Command('history')
    .description('list the rules that bots have used, the latest first')
    .option('--json', 'one JSON object a line, with the text of the file')
    .action(async (asked: { json?: true }, self: Command) => {
      const past = (await rulesSoFar(readConfig(self.optsWithGlobals()))).map(({ version, text, since, last }) => {
        return { version, since: new Date(since).toISOString(), last: new Date(last).toISOString(), text };
      });
      printList(output, past, {
        json: asked.json,
        fields: (rules) => rules,
        line: ({ version, since, last }) => `${version}  in force since ${since}, last loaded ${last}`,
        none: 'No bot has used any rules yet.',
      });
    });
}

function presetsCommand(output: Output): Command {
  return new Command('presets')
    .description('list the presets, for `extends:` at the top of your own rules')
    .argument('[name]', 'print this preset (default: list all)')
    .action((name: string | undefined) => {
      const known = presetNames();
      if (name !== undefined && !known.includes(name)) throw new UsageError(unknownName('preset', name, known));
      if (name !== undefined) return output.line(presetText(name).trimEnd());
      for (const one of known) output.line(`${one.padEnd(18)} ${presetText(one).split('\n', 1)[0]?.replace('# ', '')}`);
    });
}

function diffCommand(output: Output): Command {
  return new Command('diff')
    .description('compare two versions of the rules, or a version with the current file')
    .argument('[old]', 'version, as shown by `rules history` (default: the last one that a bot used)')
    .argument('[new]', 'version (default: the configured file)')
    .action(async (old: string | undefined, now: string | undefined, _asked: unknown, self: Command) => {
      const lines = await compareRules(readConfig(self.optsWithGlobals()), { old, now });
      for (const line of lines) output.line(plain(line));
      if (lines.length === 0) output.line('No differences.');
    });
}

function installCommand(output: Output): Command {
  return new Command('install')
    .description('put rules in force: check and test them, and replace the configured file')
    .argument('[file]', 'the new rules')
    .option('--former <version>', 'a version as shown by `rules history`, instead of a file')
    .action(async (file: string | undefined, asked: { former?: string }, self: Command) => {
      const { former } = asked;
      if ((file === undefined) === (former === undefined))
        throw new UsageError('rules install: name a file, or --former');
      const config = readConfig(self.optsWithGlobals());
      const past = former === undefined ? [] : await rulesSoFar(config);
      const text =
        file === undefined ? past.find(({ version }) => version === former)?.text : readFileSync(resolve(file), 'utf8');
      if (text === undefined) throw new UsageError(`unknown version ${former}; \`pilcrow rules history\` lists all`);
      await using ledger = await openLedger(config);
      const { before = 'rules with faults', now } = await installRules(config, ledger, {
        text,
        expected: rulesText(config),
      });
      output.line(`${config.rules}: version ${now} in place of ${before}; a running bot reloads it.`);
    });
}

const backtestHelp = `
Replays stored posts against the old and the new rules, with the stored resolutions of their cables and the current consent. A thread
gets one reply about the same cables, as in production; limits are reported, not simulated.

Examples:
  pilcrow rules backtest --rules draft.yaml
  pilcrow rules backtest --since 7d --rules draft.yaml --html backtest.html`;

function printTest(output: Output, { test, verdict, resolutions, differences }: RuleTestResult, json: boolean): void {
  const passed = differences.length === 0;
  if (json) return output.json({ name: test.name, passed, differences, verdict });
  const { paint } = output;
  output.line(`${passed ? paint.green('ok    ') : paint.red('FAILED')} ${onLine(test.name)}`);
  if (passed) return;
  const cited = resolutions.map(({ written, status }) => `${onLine(written)} ${status}`).join(', ');
  for (const line of [...differences, `cited: ${cited === '' ? 'nothing' : cited}`])
    output.line(`       ${onLine(line, 1000)}`);
}

const testHelp = `
A test is a short post with the expected verdict. \`cable\` sets the resolution; without it, the cables are looked up.

  tests:
    - name: summoned posts get a reply at night, too
      post: { text: '@pilcrow #07ASTANA2244', summoned: true, written: '2026-11-25T03:00:00Z' }
      cable: { status: resolved }
      expect: { rule: answer, action: reply }

Exit code 1 if a test fails, 2 if the rules are invalid.`;

const checkHelp = `
It finds invalid rules, rules that no post reaches, conditions that can never hold, and replies that consent never permits. The names
of feeds and templates come from the configuration (--config). Exit code 2 if there are findings.

Examples:
  pilcrow rules check
  pilcrow rules check draft.yaml --json`;
