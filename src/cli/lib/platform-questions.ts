import { Option } from 'commander';
import { offered } from '../../config/read.ts';
import { freeVariable } from '../../config/environment.ts';
import { modesWithin, type ReplyMode } from '../../core/verdict.ts';
import { type Checked, checkAnswer, isYes } from '../../operations/setup/answers.ts';
import type { Target } from '../../operations/setup/draft.ts';
import { type Chosen, privateAddresses } from '../../operations/setup/entries.ts';
import type { Platform, Question } from '../../platforms/platform.ts';
import type { Answers, Ask } from './questions.ts';
import type { Output } from './output.ts';

/** The flags for the answers of all platforms. */
export function answerOptions(): Option[] {
  const all = offered().flatMap(({ setup }) => setup?.questions ?? []);
  const names = new Set(all.flatMap((question) => flagsOf(question)));
  return [...names].map((name) => new Option(`--${name}`).hideHelp());
}

/** A command for each platform, with all of its flags. */
export function exampleCommands(): string {
  return offered()
    .map(({ id, setup }) => {
      const flags = (setup?.questions ?? []).map(({ key, env, example }) => {
        return env === undefined ? `--${flagOf(key)} ${shellWord(example)}` : `--${flagOf(key)}-env ${env}`;
      });
      return `  pilcrow init --platform ${id} ${flags.join(' ')}`;
    })
    .join('\n');
}

function shellWord(text: string): string {
  return /^[\w.,:/@+-]+$/.test(text) ? text : `'${text}'`;
}

/** `account.handle` is asked by `--account-handle`. */
function flagOf(key: string): string {
  return key.replaceAll('.', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function flagsOf({ key, env }: Question): string[] {
  const name = flagOf(key);
  return env === undefined ? [`${name} <answer>`] : [`${name}-env <NAME>`, `${name}-stdin`];
}

/** What was answered for a platform; `variables` go to `.env`. */
export interface Asked {
  readonly chosen: Chosen;
  readonly variables: ReadonlyMap<string, string>;
}

/** Asks all that a platform needs. `before`: what was answered the first time, which empty answers keep. */
export async function askPlatform(
  platform: Platform,
  { target, answers, output, before }: { target: Target; answers: Answers; output: Output; before?: Asked | undefined },
): Promise<Asked> {
  const answered = new Map<string, string>();
  const names = new Map<string, string>();
  const variables = new Map<string, string>();
  for (const question of platform.setup?.questions ?? []) {
    if (question.env === undefined) {
      const usual = before?.chosen.answers.get(question.key) ?? question.usual;
      answered.set(
        question.key,
        await answers.answer(askOf(platform, { ...question, ...(usual !== undefined && { usual }) })),
      );
      continue;
    }
    const known = before?.chosen.answers.get(question.key);
    const { value, name } = await askSecret({ platform, question, target, answers, known });
    answered.set(question.key, value);
    names.set(question.key, name ?? nameFor(question.env, value, target, output));
    if (name === undefined && value !== '') variables.set(names.get(question.key) ?? '', value);
  }
  const urls = (platform.setup?.questions ?? [])
    .filter(({ env }) => env === undefined)
    .map(({ key }) => answered.get(key) ?? '');
  const allowPrivate = await askPrivate(urls, target, answers);
  const mode = platform.addressesPeople ? await askMode(platform, answers, before?.chosen.mode) : 'dry-run';
  return { chosen: { platform, answers: answered, variables: names, mode, allowPrivate }, variables };
}

function askOf(platform: Platform, question: Question): Ask {
  const { key, ask, example, usual } = question;
  return {
    name: flagOf(key),
    text: ask,
    example,
    usual,
    hidden: question.env !== undefined,
    check: (written) => checkAnswer(platform, question, written),
  };
}

/** A secret that is typed goes to `.env`; the name of a variable that has it already is enough. */
async function askSecret(about: {
  platform: Platform;
  question: Question;
  target: Target;
  answers: Answers;
  known: string | undefined;
}): Promise<{ value: string; name?: string }> {
  const { platform, question, target, answers, known } = about;
  const flag = flagOf(question.key);
  const name = answers.flag(`${flag}-env`) ?? question.env ?? '';
  const there = target.env[name];
  const check = async (written: string) => await checkAnswer(platform, question, written);
  if (answers.has(`${flag}-stdin`))
    return { value: faultless(await check(await answers.nextLine()), `--${flag}-stdin`, answers) };
  if (answers.flag(`${flag}-env`) !== undefined || !answers.asks) {
    if (there !== undefined && there !== '')
      return { value: faultless(await check(there), `the variable ${name}`, answers), name };
    answers.fault(
      `--${flag}-env: ${question.ask}: the variable ${name} is set neither in the environment nor in ${target.envFile}: set it, name another one, or give the value on standard input with --${flag}-stdin`,
    );
    return { value: '', name };
  }
  const former = known === undefined ? there : known;
  const hint =
    former === undefined || former === '' ? '' : ` [Enter keeps ${known === undefined ? `that of ${name}` : 'it'}]`;
  const ask = askOf(platform, question);
  const value = await answers.answer({
    ...ask,
    text: `${ask.text}${hint}`,
    check: async (written) => await check(written === '' && hint !== '' ? (former ?? '') : written),
  });
  return value === there ? { value, name } : { value };
}

function faultless(checked: Checked, what: string, answers: Answers): string {
  if ('answer' in checked) return checked.answer;
  answers.fault(`${what}: ${checked.fault}`);
  return '';
}

function nameFor(usual: string, value: string, { env, envFile }: Target, output: Output): string {
  const name = freeVariable(usual, value, env);
  if (name !== usual) output.line(`  ${usual} has another value, which stays: ${envFile} gets this one as ${name}.`);
  return name;
}

async function askPrivate(urls: readonly string[], { present }: Target, answers: Answers): Promise<string[]> {
  const allowed: string[] = [];
  for (const address of privateAddresses(urls)) {
    if (present?.network.allowPrivate.includes(address) === true) continue;
    const text = `${address} is a private address, which the bot refuses otherwise. May it reach it? yes or no`;
    const isAllowed = answers.has('allow-private') || (answers.asks && (await askYes('allow-private', text, answers)));
    if (isAllowed) allowed.push(address);
    else if (!answers.asks) answers.fault(`${address} is a private address: --allow-private lets the bot reach it`);
  }
  return allowed;
}

/** Asks for yes or no at the prompt. Without one, the flag is missing. */
export async function askYes(name: string, text: string, answers: Answers, usual?: 'yes' | 'no'): Promise<boolean> {
  const check = (written: string): Checked =>
    isYes(written) === undefined ? { fault: 'expected yes or no' } : { answer: written };
  return isYes(await answers.answer({ name, text, example: 'yes', usual, check })) ?? false;
}

/** `open` is not offered, because it needs a confirmation in the configuration; nor a mode in which nobody would ever be answered. */
async function askMode({ consent }: Platform, answers: Answers, before: ReplyMode | undefined): Promise<ReplyMode> {
  const modes = modesWithin(consent).filter(
    (mode) => mode !== 'open' && !(mode === 'summoned' && consent.never.includes('summoned')),
  );
  const check = (written: string): Checked => {
    const mode = modes.find((one) => one === written.trim());
    return mode === undefined ? { fault: `expected one of ${modes.join(', ')}` } : { answer: mode };
  };
  const text = `Mode: whom may it answer? ${modes.join(', ')}`;
  const answer = await answers.answer({ name: 'mode', text, example: 'summoned', usual: before ?? 'dry-run', check });
  return modes.find((one) => one === answer) ?? 'dry-run';
}
