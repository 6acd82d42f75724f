import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Context, Liquid, LiquidError, type Template as Node } from 'liquidjs';
import { ConfigError, messageOf, PermanentError } from '../core/errors.ts';
import type { ReplyLanguages } from './language.ts';
import { type Model, shown } from './model.ts';
import { minimal, samples } from './samples.ts';

/** A reply's text with places for what was found. */
export interface Template {
  readonly name: string;
  /** Errors: PermanentError when it asks for what is not there, or for too much. */
  render(model: Model): string;
}

/** By file name without `.liquid`. */
export type Templates = ReadonlyMap<string, Template>;

/** Where a text goes, and the language of who reads it. */
export interface Audience {
  readonly platform: string;
  readonly language: string;
  /** Languages of replies: `replies.languages`. */
  readonly languages: ReplyLanguages;
}

/**
 * The template for the platform and language (`default.x.de`), else for one of them (`default.x`, `default.de`), else for all, else for another
 * language. `language`: of its words; one that names none is in the first language.
 */
export function templateFor(
  templates: Templates,
  name: string,
  { platform, language, languages }: Audience,
): { readonly template: Template; readonly language: string } | undefined {
  const [first] = languages;
  for (const ending of [`.${platform}`, ''])
    for (const wanted of [language, '', ...languages]) {
      const template = templates.get(name + ending + (wanted && `.${wanted}`));
      if (template !== undefined) return { template, language: wanted || first };
    }
  return undefined;
}

/** Names that rules may use: what is written for a platform or language goes by the name of all. */
export function templateNames(templates: Templates): string[] {
  return [...new Set([...templates.keys()].map((name) => name.split('.', 1)[0] ?? name))];
}

const extension = '.liquid';
const maxBytes = 64 * 1024;
const maxOutput = 100_000;
/** Rendered texts, places, tags and turns of loops: many times what a reply needs, and some 60 ms. */
const maxNodes = 25_000;

/**
 * Reads the templates of a folder and tries each on every kind of answer; `sound`: they were tried before, by the tests of Pilcrow. Errors:
 * ConfigError with every fault as `FILE:LINE:COLUMN: message`.
 */
export function loadTemplates(folder: string, { sound = false } = {}): Templates {
  const liquid = engine();
  const templates = new Map<string, Template>();
  const findings: string[] = [];
  for (const file of templateFiles(folder)) {
    try {
      const name = basename(file, extension);
      templates.set(name, soundTemplate(liquid, name, file, sound));
    } catch (error) {
      findings.push(finding(file, error));
    }
  }
  if (findings.length > 0) throw new ConfigError(findings);
  return templates;
}

/** Of each file the last that was sound: a start loads all of them more than once, and to try them takes longer than to read them. */
const known = new Map<string, { readonly text: string; readonly template: Template }>();

function soundTemplate(liquid: Liquid, name: string, file: string, isSound: boolean): Template {
  const text = readTemplate(file);
  const last = known.get(file);
  if (last?.text === text) return last.template;
  const nodes = liquid.parse(text, file);
  if (!isSound) tryTemplate(liquid, name, nodes);
  const template = templateOf(liquid, name, file, nodes);
  known.set(file, { text, template });
  return template;
}

/** Errors: an Error that says what is wrong with it. */
function tryTemplate(liquid: Liquid, name: string, nodes: Node[]): void {
  const answers = samples.map((model) => ({ model, text: renderOf(liquid, nodes, model) }));
  if (answers.some(({ text }) => bareAuthor.test(text)))
    throw new Error('`author` may stand behind an @ only: without it the handle may be a link that a stranger chose');
  const lack = lackOf(name, answers);
  if (lack !== undefined) throw new Error(lack);
}

function templateOf(liquid: Liquid, name: string, file: string, nodes: Node[]): Template {
  const render = (model: Model) => {
    try {
      return renderOf(liquid, nodes, model);
    } catch (error) {
      throw new PermanentError(finding(file, error), { cause: error });
    }
  };
  return { name, render };
}

/** Names of templates about no cable: what the bot is; an opt-in is confirmed; what was decided; the post above cannot be used; it found nothing. */
export type NoCableTemplate = 'help' | 'follow' | 'why' | 'unusable' | 'nothing-found';

/** They always say something; `true`: and link to the cable. */
const speaking = new Map<string, boolean>([
  ['default', true],
  ...(['help', 'follow', 'why', 'unusable', 'nothing-found'] satisfies NoCableTemplate[]).map(
    (name): [string, boolean] => [name, false],
  ),
]);

/** What the texts of a template lack: words, or a link. Undefined: nothing. A template for some kinds of answers may say nothing in the others. */
function lackOf(template: string, answers: readonly { model: Model; text: string }[]): string | undefined {
  const [name = template] = template.split('.', 1);
  const mustLink = speaking.get(name) ?? true;
  const silent = answers.filter(({ text }) => text.trim() === '');
  if (silent.length === answers.length) return 'the template says nothing: people would get an empty reply';
  if (speaking.has(name) && silent.length > 0) return `the template says nothing about ${kindOf(silent[0]!.model)}`;
  const linkless = answers.find(({ model, text }) => text.trim() !== '' && mustLink && !hasLink(model, text));
  if (linkless === undefined) return undefined;
  return `the template gives no link to ${kindOf(linkless.model)}: write {{ cable.link }}, or say nothing about it`;
}

function kindOf({ cables: [cable] }: Model): string {
  return `a cable with \`status\` ${cable?.status ?? 'unknown'}`;
}

/** True also where there is nothing to link to, or several cables, of which a template may leave out some. */
function hasLink({ cables: [cable, ...others] }: Model, text: string): boolean {
  if (cable === undefined || cable.link === null || others.length > 0) return true;
  return [cable, ...cable.paragraphs].some(({ link }) => link !== null && text.includes(link));
}

/** The author of the samples, not behind an `@`. */
const bareAuthor = new RegExp(`(?<!@)${RegExp.escape(minimal.author)}`);

function renderOf(liquid: Liquid, nodes: Node[], model: Model): string {
  const context = new Context(shown(model), liquid.options, { sync: true }, { liquid });
  let count = 0;
  // Called for each node. The library's own limit is a time, by which a busy machine would refuse sound templates.
  context.renderLimit.check = () => {
    count += 1;
    if (count > maxNodes) throw new Error('template render limit exceeded');
  };
  const text = String(liquid.renderSync(nodes, context));
  if (text.length > maxOutput) throw new Error(`the text is longer than ${maxOutput} characters`);
  return text;
}

/** Liquid without files, without ways round escaping, with bounds on work and memory. */
function engine(): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    parseLimit: 1_000_000,
    memoryLimit: 1_000_000,
    relativeReference: false,
    fs: noFiles,
  });
  keepOnly(liquid.tags, tags);
  keepOnly(liquid.filters, filters);
  return liquid;
}

const tags = new Set('assign break capture case comment continue cycle echo for if unless #'.split(' '));

const filters = new Set(
  [
    'append capitalize default downcase prepend remove remove_first replace replace_first upcase',
    'lstrip rstrip strip strip_newlines squish truncate truncatewords split slice size',
    'at_least at_most plus minus times divided_by modulo',
    'compact concat first join last map reverse sort sum uniq where',
  ].flatMap((names) => names.split(' ')),
);

function keepOnly(table: Record<string, unknown>, names: ReadonlySet<string>): void {
  for (const name of Object.keys(table)) if (!names.has(name)) delete table[name];
}

const refuse = () => {
  throw new Error('templates read no files');
};
const noFiles = {
  exists: async () => false,
  existsSync: () => false,
  readFile: async () => refuse(),
  readFileSync: refuse,
  resolve: refuse,
  contains: async () => false,
  containsSync: () => false,
  sep: '/',
};

function templateFiles(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith(extension) && name !== extension);
    return files.toSorted().map((name) => join(folder, name));
  } catch (error) {
    const message = `${folder}:1:1: the folder of templates cannot be read: ${messageOf(error)}`;
    throw new ConfigError([message], { cause: error });
  }
}

function readTemplate(file: string): string {
  if (statSync(file).size > maxBytes) throw new Error(`the template is larger than ${maxBytes / 1024} KB`);
  return readFileSync(file, 'utf8');
}

function finding(file: string, error: unknown): string {
  if (!LiquidError.is(error)) return `${file}:1:1: ${messageOf(error)}`;
  const [line, column] = error.token.getPosition();
  const message = (error.originalError ?? error).message.replace(/, (file|line):.*$/s, '');
  return `${file}:${line}:${column}: ${message}`;
}
