import type { Cable } from '../../core/cable.ts';
import type { Resolution } from '../../core/citation.ts';
import { type Excerpt, type Excerpts, highest, isWithin } from '../../core/reply.ts';
import { inert, shortenedAtWord } from '../../core/text/strangers.ts';
import type { Corpus } from '../corpus/corpus.ts';
import { explainMarking, isUnderstood } from '../explain/markings.ts';
import { firstSentence } from './first-sentence.ts';

/** What may be quoted of the paragraphs that are cited, as far as their text is known. */
export async function excerptsOf(
  corpus: Pick<Corpus, 'cable'>,
  resolutions: readonly Resolution[],
  setting: Excerpts,
): Promise<Excerpt[]> {
  if (setting === 'never') return [];
  const found = await Promise.all(
    resolutions.map(async ({ referenceId, status, paragraphs }) => {
      if (referenceId === null || paragraphs.length === 0) return [];
      if (status !== 'resolved' && status !== 'unknown-paragraph') return [];
      const cable = await corpus.cable(referenceId);
      return paragraphs.flatMap((number) => (cable && excerptOf(cable, number, setting)) ?? []);
    }),
  );
  return found.flat();
}

type Quotable = Pick<Cable, 'referenceId' | 'classification' | 'paragraphs'>;

/** Undefined: the cable does not have that paragraph, the paragraph has no words, or the setting does not permit it. */
export function excerptOf(cable: Quotable, number: number, setting: Excerpts): Excerpt | undefined {
  const paragraph = cable.paragraphs.find((each) => each.number === number);
  if (paragraph === undefined) return undefined;
  const sentence = firstSentence(paragraph.text);
  const { classification } = cable;
  const markings = [classification, paragraph.marking ?? classification, ...markingsIn(sentence)];
  const needs = highest(markings.map(settingFor));
  if (!isWithin(needs, setting)) return undefined;
  const text = shortenedAtWord(inert(sentence), maxLength);
  return text === '' ? undefined : { referenceId: cable.referenceId, paragraph: number, text, needs };
}

/** In UTF-16 units: a longer sentence is cut after a word. */
const maxLength = 300;

/** Markings within the words: of parts of the paragraph, or its own where the parser did not take it off. */
function markingsIn(sentence: string): string[] {
  const written = Array.from(sentence.matchAll(/(?<![A-Z])\(([A-Z][A-Z/, -]{0,40})\)/g), ([, marking = '']) => marking);
  return written.filter((each) => explainMarking(each).level !== null);
}

/** The least setting that permits words of this marking. One that is not known or not understood may be any. */
function settingFor(written: string | null): Excerpts {
  if (written === null) return 'all';
  const marking = explainMarking(written);
  return (isUnderstood(marking) ? settingsByLevel[marking.level?.code ?? ''] : undefined) ?? 'all';
}

/** By code of `markings.tsv`. */
const settingsByLevel: Readonly<Record<string, Excerpts>> = {
  U: 'unclassified',
  SBU: 'unclassified',
  LOU: 'unclassified',
  FOUO: 'unclassified',
  C: 'confidential',
};
