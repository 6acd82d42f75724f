import type { Corpus } from '../../cables/corpus/corpus.ts';
import { excerptsOf } from '../../cables/excerpts/excerpts.ts';
import { answererOf, excerptsThrough, replyingPlatforms } from '../../app/answering.ts';
import type { Config } from '../../config/config.ts';
import type { Resolution } from '../../core/citation.ts';
import { PermanentError } from '../../core/errors.ts';
import type { Post } from '../../core/post.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { Platform } from '../../platforms/platform.ts';
import { compose } from '../../replies/compose.ts';
import { languageFor } from '../../replies/language.ts';
import { templateFor, type Templates } from '../../replies/templates.ts';

/**
 * The reply to a post as a platform would get it, by its usual limits. `text` null: there is none, because of the `fault`. `length`: as the
 * platform counts. `maxLength` null: it takes any number.
 */
export interface DraftReply {
  readonly platform: string;
  readonly text: string | null;
  /** Its language, and why it is that one. */
  readonly language: { readonly code: string; readonly because: string } | null;
  readonly fault: string | null;
  readonly length: number;
  readonly maxLength: number | null;
}

interface Draft {
  readonly post: Post;
  readonly feed: string;
  readonly resolutions: readonly Resolution[];
  readonly verdict: Verdict;
}

/** The reply on each platform, first where it would go, then where the post is. Empty: the verdict asks for none. */
export async function draftReplies(
  config: Config,
  draft: Draft,
  sources: { corpus: Corpus; templates: Templates },
): Promise<DraftReply[]> {
  if (!['reply', 'hold'].includes(draft.verdict.action)) return [];
  const answerer = answererOf(config, draft.post, draft.feed)?.publisher ?? '';
  const first = config.publishers.find(({ name }) => name === answerer)?.platform;
  const rank = ({ id }: Platform) => [draft.post.platform, first].indexOf(id);
  const all = replyingPlatforms.toSorted((a, b) => rank(b) - rank(a));
  return await Promise.all(all.map((platform) => draftOn(platform, { config, draft, ...sources, answerer })));
}

interface Drafting {
  readonly config: Config;
  readonly draft: Draft;
  readonly corpus: Corpus;
  readonly templates: Templates;
  /** The publisher that would answer the post. */
  readonly answerer: string;
}

async function draftOn(
  { id: platform, limits, ...usual }: Platform,
  { config, draft, corpus, templates, answerer }: Drafting,
): Promise<DraftReply> {
  const { post, resolutions, verdict } = draft;
  const own = config.publishers.find((one) => one.platform === platform)?.name;
  const maxLength = Number.isFinite(limits.maxLength) ? limits.maxLength : null;
  const lacking = { platform, text: null, language: null, length: 0, maxLength };
  const name = verdict.template ?? 'default';
  const { languages } = config.replies;
  const chosen = languageFor(post, languages);
  const words = templateFor(templates, name, { platform, language: chosen.language, languages });
  if (words === undefined) return { ...lacking, fault: `there is no template ${name} for it` };
  const setting = own === undefined ? usual.excerpts : undefined;
  const because =
    words.language === chosen.language ? chosen.because : `template ${words.template.name} is for all languages`;
  const language = { code: words.language, because };
  const excerpts = await excerptsOf(corpus, resolutions, setting ?? excerptsThrough(config, own ?? answerer));
  try {
    const text = compose({ ...words, post, resolutions, limits, excerpts });
    return { platform, text, language, fault: null, length: limits.length(text), maxLength };
  } catch (error) {
    if (error instanceof PermanentError) return { ...lacking, fault: error.message };
    throw error;
  }
}

/** Drafts with the same text together, in their order. */
export function draftsByText(drafts: readonly DraftReply[]): readonly (readonly DraftReply[])[] {
  return [...Map.groupBy(drafts, ({ text, fault }) => text ?? `\0${fault}`).values()];
}

/** Its language and why: `Language: de (the platform says so)`. */
export function draftLanguage({ language }: DraftReply): string {
  return language === null ? '' : `Language: ${language.code} (${language.because})`;
}

/** How long it is: `mastodon 167 of 500`, `log 190 (no limit)`. */
export function draftLength({ platform, length, maxLength }: DraftReply): string {
  return maxLength === null ? `${platform} ${length} (no limit)` : `${platform} ${length} of ${maxLength}`;
}
