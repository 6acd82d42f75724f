import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { publicList } from '../../cables/public-sources.ts';
import { freeVariable } from '../../config/environment.ts';
import type { Appended } from '../../config/yaml/edit-yaml.ts';
import { isTimezone } from '../../core/zone.ts';
import { type Checked, tidied } from '../../operations/setup/answers.ts';
import type { Target } from '../../operations/setup/draft.ts';
import type { Answers } from './questions.ts';
import { minPasswordLength } from './prompt.ts';

/** What was answered beside the platforms. */
export interface General {
  readonly lists: readonly Appended[];
  /** For `.env`. */
  readonly variables: ReadonlyMap<string, string>;
  /** Where the list of reference IDs comes from; undefined: none is imported. */
  readonly catalogue: string | undefined;
}

const none = '-';

/** Asks for what the configuration does not have yet: catalogue, cable texts, digest, login to the page. */
export async function askGeneral(target: Target, answers: Answers): Promise<General> {
  const { present, folder } = target;
  const catalogue = await askCatalogue(target, answers);
  const texts = present === undefined ? await askTexts(answers) : [];
  const timezone = present === undefined || present.digests.length === 0 ? await askDigest(answers) : none;
  const user = present === undefined || present.web.users.length === 0 ? await askUser(target, answers) : undefined;
  return {
    catalogue: catalogue === none ? undefined : catalogue,
    variables: user?.variables ?? new Map(),
    lists: [
      { path: ['digests'], items: timezone === none ? [] : [{ name: 'daily', timezone }] },
      { path: ['corpus'], items: texts.map((path) => relative(folder, path) || '.') },
      { path: ['web', 'users'], items: user === undefined ? [] : [user.entry] },
    ],
  };
}

async function askCatalogue({ present }: Target, answers: Answers): Promise<string> {
  if (present?.catalogue !== undefined && present.catalogue !== null && existsSync(present.catalogue)) return none;
  return await answers.answer({
    name: 'catalogue',
    text: `List of all reference IDs: ${publicList.name} fetches the public one (0.8 MB), a file, or ${none} for none`,
    example: publicList.name,
    // Nothing is fetched unasked.
    usual: answers.asks ? publicList.name : none,
    check: (written) => {
      const isKnown = [publicList.name, none].includes(written) || existsSync(written);
      return isKnown
        ? { answer: written }
        : { fault: `there is no file ${written}: name one, ${publicList.name} or ${none}` };
    },
  });
}

async function askTexts(answers: Answers): Promise<string[]> {
  const answer = await answers.answer({
    name: 'corpus',
    text: `Files and folders of cable texts, separated by commas, or ${none} for none`,
    example: 'cables/',
    usual: none,
    check: (written) => {
      const missing = pathsIn(written).find((path) => !existsSync(path));
      return missing === undefined
        ? { answer: written }
        : { fault: `there is no file or folder ${missing}: name others, or ${none}` };
    },
  });
  return pathsIn(answer);
}

function pathsIn(answer: string): string[] {
  return answer
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '' && path !== none);
}

async function askDigest(answers: Answers): Promise<string> {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return await answers.answer({
    name: 'digest',
    text: `A daily digest of what was cited, by the days of which time zone (here: ${here})? ${none} for none`,
    example: 'Europe/Berlin',
    usual: none,
    check: (written) =>
      written === none || isTimezone(written)
        ? { answer: written }
        : { fault: 'expected the name of a time zone, such as Europe/Berlin' },
  });
}

async function askUser({ env }: Target, answers: Answers) {
  const name = await answers.answer({
    name: 'page-user',
    text: `Your name at the login of the operator’s page, or ${none}: it then opens by a link that \`run\` shows`,
    example: 'ada',
    usual: none,
    check: (written) =>
      /^[\w.@+-]{1,60}$/.test(written)
        ? { answer: written }
        : { fault: 'expected letters, digits and . @ + - _ only, such as ada' },
  });
  if (name === none || name === '') return undefined;
  const password = await askPassword(answers);
  const { hashPassword } = await import('../../web/password.ts');
  const hash = await hashPassword(password);
  const variable = freeVariable('PAGE_PASSWORD_HASH', hash, env);
  const entry = { name, role: 'operator', passwordHash: { env: variable } };
  return { entry, variables: new Map([[variable, hash]]) };
}

async function askPassword(answers: Answers): Promise<string> {
  const check = (written: string): Checked =>
    tidied(written).length < minPasswordLength
      ? { fault: `a password needs at least ${minPasswordLength} characters` }
      : { answer: written };
  if (!answers.asks && !answers.has('page-password-stdin')) {
    answers.fault('--page-password-stdin is missing: the password of --page-user is the next line of standard input');
    return '';
  }
  if (answers.has('page-password-stdin')) {
    const checked = check(await answers.nextLine());
    if ('answer' in checked) return checked.answer;
    answers.fault(`--page-password-stdin: ${checked.fault}`);
    return '';
  }
  return await answers.answer({ name: 'page-password', text: 'Password for it', example: '', hidden: true, check });
}
