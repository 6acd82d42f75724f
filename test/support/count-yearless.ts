import type { Catalogue } from '../../src/cables/catalogue/catalogue.ts';
import { findCitations } from '../../src/cables/citations/find.ts';
import type { Corpus } from '../../src/cables/corpus/corpus.ts';
import { publishedIdOf } from '../../src/cables/ids/reference-id.ts';
import { openResolver } from '../../src/cables/resolve-citation.ts';
import type { Cable, ReferenceId } from '../../src/core/cable.ts';
import { seeded } from './make-posts.ts';
import { noTexts } from './no-texts.ts';
import type { ListedId } from './samples.ts';
import {
  datedPost,
  type Made,
  ownLine,
  pickListed,
  subjectOf,
  subjectPost,
  undatedPost,
  unlistedPost,
} from './yearless-posts.ts';

export interface YearlessCounts {
  /** Posts of cables that are not listed, where another year's cable of that station and serial is. */
  readonly unlisted: { readonly posts: number; readonly resolved: number };
  readonly dated: { readonly posts: number; readonly right: number; readonly wrong: number };
  readonly undated: { readonly posts: number; readonly candidate: number; readonly resolved: number };
  /** Posts with words of the cable's subject. */
  readonly bySubject: { readonly posts: number; readonly right: number; readonly wrong: number };
  /** A cable's own lines, with and without the header above them. */
  readonly lines: { readonly posts: number; readonly right: number; readonly wrong: number };
}

/** Makes posts that give station and serial without the year, `count` of each sort, and counts what is made of them. */
export async function countYearless(task: {
  readonly catalogue: Catalogue;
  readonly listed: readonly ListedId[];
  readonly count: number;
  /** Of the cables' own lines. */
  readonly lines: number;
  readonly seed: number;
  /** The cable, without the parts that its text would have. */
  readonly blank: Cable;
  readonly report: (line: string) => void;
}): Promise<YearlessCounts> {
  const { catalogue, count, report } = task;
  const random = seeded(task.seed);
  const resolver = openResolver({ corpus: textsOf(task), catalogue, targets: ['plusd'] });
  const ask = async (text: string) => {
    const { citations } = findCitations({ text, hashtags: [], links: [] }, { weakCounts: true });
    const found = await Promise.all(citations.map((citation) => resolver.resolve(citation, text)));
    return found.find(({ status }) => status === 'resolved') ?? found[0];
  };
  const count1 = async (of: number, next: () => Made, judge: (right: ReferenceId, found: Found) => string) => {
    const counts: Record<string, number> = {};
    for (let made = 0; made < of; made += 1) {
      const { text, right } = next();
      const found = await ask(text);
      const judged = judge(right, found);
      counts[judged] = (counts[judged] ?? 0) + 1;
      if (judged === 'wrong' || judged === 'lost')
        report(`${judged}: ${text} for ${right}: ${found?.status} ${found?.referenceId}`);
    }
    return counts;
  };
  const listed = () => pickListed(task.listed, random);
  const unlisted = await count1(count, () => unlistedPost(task, random), isResolved);
  const dated = await count1(count, () => datedPost(listed(), random), isRight);
  const undated = await count1(count, () => undatedPost(listed(), random), isCandidate);
  const bySubject = await count1(count, () => subjectPost(listed(), random), isRight);
  const lines = await count1(task.lines, () => ownLine(listed(), random), isRight);
  const number = (counts: Record<string, number>, name: string) => counts[name] ?? 0;
  return {
    unlisted: { posts: count, resolved: number(unlisted, 'wrong') },
    dated: { posts: count, right: number(dated, 'right'), wrong: number(dated, 'wrong') },
    undated: { posts: count, candidate: number(undated, 'candidate'), resolved: number(undated, 'wrong') },
    bySubject: { posts: count, right: number(bySubject, 'right'), wrong: number(bySubject, 'wrong') },
    lines: { posts: task.lines, right: number(lines, 'right'), wrong: number(lines, 'wrong') },
  };
}

/** What is promised: nothing is taken for another year's cable, and 98 of 100 are found where the post dates them. */
export function holdsYearless({ unlisted, dated, undated, bySubject, lines }: YearlessCounts): boolean {
  const wrong = unlisted.resolved + dated.wrong + undated.resolved + bySubject.wrong + lines.wrong;
  const isListed = undated.candidate >= 0.98 * undated.posts;
  return unlisted.posts > 0 && wrong === 0 && dated.right >= 0.98 * dated.posts && isListed;
}

type Found = Awaited<ReturnType<ReturnType<typeof openResolver>['resolve']>> | undefined;

function isResolved(_: ReferenceId, found: Found): string {
  return found?.status === 'resolved' ? 'wrong' : 'open';
}

function isRight(right: ReferenceId, found: Found): string {
  if (found?.status !== 'resolved') return 'open';
  return found.referenceId === right ? 'right' : 'wrong';
}

function isCandidate(right: ReferenceId, found: Found): string {
  if (found?.status === 'resolved') return 'wrong';
  const isAmong = found?.candidates.some(({ referenceId }) => referenceId === right);
  return found?.status === 'ambiguous' && isAmong === true ? 'candidate' : 'lost';
}

/** Texts of all that is listed, each of its own subject. */
function textsOf({ catalogue, blank }: { readonly catalogue: Catalogue; readonly blank: Cable }): Corpus {
  const cable = (id: ReferenceId): Cable | undefined =>
    catalogue.has(publishedIdOf(id)) ? { ...blank, referenceId: id, created: null, subject: subjectOf(id) } : undefined;
  return { ...noTexts, cable: (id) => Promise.resolve(cable(id)) };
}
