import type { CitationKind, Link, Resolution, ResolutionStatus } from '../core/citation.ts';
import type { Excerpt } from '../core/reply.ts';
import type { Post } from '../core/post.ts';
import type { Verdict } from '../core/verdict.ts';
import { lettersIn, withoutMarkup as plain } from '../core/text/strangers.ts';
import type { Phrases } from '../words/en.ts';
import { phrasesIn, remarkIn } from '../words/index.ts';

/** What a template may use. Every key is always there; values are harmless plain text, of a stranger's words letters, digits and spaces alone. */
export interface Model {
  /** In the order of the post; a cable that is cited several times stands once. */
  readonly cables: readonly CableModel[];
  /** How many cables the post cites beside these. */
  readonly more: number;
  /** Handle of the post's author, without `@`: it stands behind one, so that it names the author and is no link. */
  readonly author: string;
  /** Name of the bot. */
  readonly bot: string;
  /** Of the template's words, and so of all that code says beside it: `de`. */
  readonly language: string;
  /** In the template `why`: the rule that decided, and the clause that lowered what it asks for. Null: none. */
  readonly rule: string | null;
  readonly clause: string | null;
}

export interface CableModel {
  /** Reference ID, or what is written like one where it is not known which cable is meant. Null: a quotation or description. */
  readonly id: string | null;
  /** ID under which the cable stands on the sites. */
  readonly publishedId: string | null;
  readonly subject: string | null;
  /** `YYYY-MM-DD`. */
  readonly date: string | null;
  readonly classification: string | null;
  readonly origin: string | null;
  readonly status: ResolutionStatus;
  /** Where the reply leads: the one exact paragraph that is cited, else the cable. Null: there is none. */
  readonly link: string | null;
  /** Ascending; empty for the whole cable. */
  readonly paragraphs: readonly ParagraphModel[];
  /** How many paragraphs are cited beside these. */
  readonly more: number;
  /** Remarks about the link to the cable. */
  readonly notes: readonly string[];
  /** IDs of cables that could be meant. */
  readonly candidates: readonly string[];
}

/** What templates see: the model, and what follows from it. */
export type Shown = Model & {
  readonly cables: readonly (CableModel & {
    /** What is known beside the subject, in the order of telling. */
    readonly facts: readonly string[];
    /** The cable in words: ID, subject and facts, as far as they are known. Null: it has no ID. */
    readonly name: string | null;
    /** How many paragraphs are cited. */
    readonly cited: number;
  })[];
  /** IDs of the cables that no list could be asked for. */
  readonly unchecked: readonly string[];
};

export function shown(model: Model): Shown {
  const phrases = phrasesIn(model.language);
  return {
    ...model,
    cables: model.cables.map((cable) => {
      const facts = factsIn(cable, phrases);
      return { ...cable, facts, name: nameOf(cable, facts, phrases), cited: cable.paragraphs.length + cable.more };
    }),
    unchecked: model.cables.flatMap(({ status, id }) => (status === 'unverified' && id !== null ? [id] : [])),
  };
}

function factsIn({ origin, date, classification, link, id, publishedId }: CableModel, phrases: Phrases): string[] {
  const elsewhere =
    link !== null && publishedId !== null && publishedId !== id ? phrases.publishedAs(publishedId) : null;
  return [origin, date, classification, elsewhere].filter((fact) => fact !== null);
}

function nameOf({ id, subject }: CableModel, facts: readonly string[], phrases: Phrases): string | null {
  if (id === null) return null;
  const title = subject === null ? '' : ` ${phrases.quoted(subject)}`;
  return facts.length === 0 ? id + title : `${id}${title} (${facts.join(', ')})`;
}

export interface ParagraphModel {
  readonly number: number;
  readonly link: string | null;
  /** The cable has it, as far as its text is known. */
  readonly known: boolean;
  /** The link lands on the paragraph itself. */
  readonly exact: boolean;
  /** Paragraph or letter at the nearest true anchor of the page: `2`. */
  readonly near: string | null;
  /** The nearest anchor stands before the paragraph: scroll down from it. */
  readonly below: boolean;
  readonly why: string | null;
  /** Its first sentence, where the settings permit to quote it. */
  readonly text: string | null;
}

export interface ModelOf {
  readonly post: Post;
  readonly resolutions: readonly Resolution[];
  readonly excerpts?: readonly Excerpt[] | undefined;
  /** Citations of the post that were counted and not kept. */
  readonly surplus: number;
  readonly bot: string;
  readonly language: string;
  readonly verdict?: Pick<Verdict, 'rule' | 'asked' | 'clause'> | undefined;
}

const maxParagraphs = 20;
const maxCandidates = 5;

export function modelOf({ post, resolutions, excerpts = [], surplus, bot, language, verdict }: ModelOf): Model {
  const cited = Map.groupBy(worthSaying(post, resolutions), keyOf);
  const cables = [...cited.values()].flatMap((citations) => cableOf(citations, excerpts, language));
  const { rule = null, asked = null, clause = null } = verdict ?? {};
  // Without an action that was asked for, the clause says what the post wants.
  const lowered = asked === null || clause === null ? null : plain(remarkIn(language, clause) ?? clause);
  const author = plainHandle(post.author.handle);
  return { cables, more: surplus, author, bot: plain(bot), language, rule, clause: lowered };
}

/** An unasked reply tells only what was found; a reply to a summons tells everything. */
function worthSaying(post: Post, resolutions: readonly Resolution[]): readonly Resolution[] {
  if (post.summoned) return resolutions;
  const levels: readonly (readonly ResolutionStatus[])[] = [['resolved', 'unknown-paragraph'], ['unverified']];
  for (const level of levels) {
    const found = resolutions.filter(({ status }) => level.includes(status));
    if (found.length > 0) return found;
  }
  return resolutions;
}

function keyOf({ referenceId, written }: Resolution): string {
  return referenceId ?? `as written: ${written}`;
}

/** One cable from all its citations in the post; that of the whole cable adds no paragraph. */
function cableOf(citations: readonly Resolution[], excerpts: readonly Excerpt[], language: string): CableModel[] {
  const [first] = citations;
  if (first === undefined) return [];
  const worst = citations.find(({ status }) => status === 'unknown-paragraph') ?? first;
  const links = citations.flatMap((citation) =>
    citation.links.filter(({ target }) => target === citation.links[0]?.target),
  );
  const whole = links.find(({ paragraph }) => paragraph === null)?.url ?? null;
  const numbers = [...new Set(citations.flatMap(({ paragraphs }) => paragraphs))].toSorted((a, b) => a - b);
  const quoted = excerpts.filter(({ referenceId }) => referenceId === first.referenceId);
  const paragraphs = numbers
    .slice(0, maxParagraphs)
    .map((number) => paragraphOf(number, links, { whole, quoted, language }));
  const only = numbers.length === 1 ? paragraphs[0] : undefined;
  const cable: CableModel = {
    ...factsOf(first),
    status: worst.status,
    link: only?.link ?? whole ?? withoutFragment(links[0]?.url ?? null),
    paragraphs,
    more: numbers.length - paragraphs.length,
    // An unverified ID gets only the remark that it is unverified.
    notes: worst.status === 'unverified' ? [] : notesOn(citations, links, language),
    candidates: first.candidates.slice(0, maxCandidates).map(({ referenceId }) => lettersIn(referenceId)),
  };
  return [cable];
}

/** Remarks on how the cable was read, and on the links to it. */
function notesOn(citations: readonly Resolution[], links: readonly Link[], language: string): string[] {
  const readings = citations.map(readingOf);
  const faults = links.map(({ paragraph, why }) => (paragraph === null ? why : null));
  const remarks = [...readings, ...faults].flatMap((remark) => (remark ? (remarkIn(language, remark) ?? []) : []));
  return [...new Set(remarks.map((remark) => plain(remark, 200)))];
}

/** How what is written was read, where it is not the ID itself; of the only candidate, why it may be meant. */
function readingOf({ referenceId, status, candidates }: Resolution): string | undefined {
  const [only] = candidates;
  if (status === 'ambiguous' && only !== undefined && candidates.length === 1) return only.reason;
  const reading = candidates.find((candidate) => candidate.referenceId === referenceId);
  return reading === undefined ? undefined : `read so: ${reading.reason}`;
}

/** What a stranger wrote in these forms is repeated where it has no ID: it is written like an ID. The others hold any words. */
const likeIds: ReadonlySet<CitationKind> = new Set(['hashtag', 'id', 'no-year']);

function factsOf({ referenceId, publishedId, written, cable, traits }: Resolution) {
  const shownId = referenceId ?? (likeIds.has(traits.kind) ? written : '');
  const id = lettersIn(shownId) || null;
  return {
    id,
    publishedId: publishedId === null ? id : lettersIn(publishedId),
    subject: textOrNull(cable?.subject, 200),
    date: textOrNull(cable?.created?.slice(0, 10), 10),
    classification: textOrNull(cable?.classification, 80),
    origin: textOrNull(cable?.origin, 80),
  };
}

function paragraphOf(
  number: number,
  links: readonly Link[],
  { whole, quoted, language }: { whole: string | null; quoted: readonly Excerpt[]; language: string },
): ParagraphModel {
  const link = links.find(({ paragraph }) => paragraph === number);
  const near = link?.near?.replace(/^par/, '') ?? null;
  return {
    number,
    link: link?.url ?? whole ?? withoutFragment(links[0]?.url ?? null),
    // The resolver links to every paragraph that exists, and to the cable instead of those that do not.
    known: link !== undefined,
    exact: link?.exact ?? false,
    near: near === null ? null : plain(near, 20),
    below: near !== null && Number(near) < number,
    why: link?.why ? textOrNull(remarkIn(language, link.why), 200) : null,
    text: quoted.find(({ paragraph }) => paragraph === number)?.text ?? null,
  };
}

// A link to one paragraph would be a wrong one for another.
function withoutFragment(url: string | null): string | null {
  return url?.replace(/#.*$/s, '') ?? null;
}

function textOrNull(text: string | null | undefined, length: number): string | null {
  return text ? plain(text, length) || null : null;
}

/** A name as platforms allow it: `ada`, `ada.example`, `ada@server.example:8443`. */
const handle =
  /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?(?:@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?(?::\d+)?)?$/u;

/** A handle as it is typed, without the `@` before it; of any other text its letters and digits. */
function plainHandle(written: string): string {
  const name = written.slice(0, maxHandle).replace(/^[@＠﹫]+/, '');
  return handle.test(name) ? name : lettersIn(name).replaceAll(' ', '');
}

const maxHandle = 300;
