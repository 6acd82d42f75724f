import type { Config, DigestPlan } from '../config/config.ts';
import type { Digest, DigestFormat } from '../core/digest.ts';
import { PermanentError } from '../core/errors.ts';
import type { DateText } from '../core/zone.ts';
import { messageOf, postOf, writeFiles } from '../digest/deliver.ts';
import { formats } from '../digest/render/index.ts';
import { digestPlatform } from '../ledger/posts/digest-posts.ts';
import { idOf, type Target } from '../ledger/digests/editions.ts';
import type { PlannedReply } from '../ledger/replies/replies.ts';
import type { TextLimits } from '../platforms/platform.ts';

/** The configured targets of a digest. */
export function targetsOf({ folder, channels, account }: DigestPlan): Target[] {
  return [
    ...(folder === null ? [] : ['files' as const]),
    ...channels.map((name) => `channel ${name}` as const),
    ...(account === undefined ? [] : [`account ${account}` as const]),
  ];
}

/** The target with this name: `files`, a channel or an account. Undefined: there is none. */
export function targetNamed({ channels, publishers }: Config, name: string): Target | undefined {
  if (name === 'files') return name;
  if (channels.some((channel) => channel.name === name)) return `channel ${name}`;
  if (publishers.some((one) => one.name === name && (one.mode === 'own-timeline' || one.platform === 'log')))
    return `account ${name}`;
  return undefined;
}

/** An edition in a format; a format for several editions gets only this one. */
export async function rendered(edition: Digest, format: DigestFormat, { link }: DigestPlan): Promise<string> {
  return await formats[format].render([edition], link);
}

/** Writes the edition as files, and the feeds of the latest editions. */
export async function deliverFiles(plan: DigestPlan, edition: Digest, latest: readonly Digest[]): Promise<string[]> {
  const { folder, link } = plan;
  if (folder === null) throw new PermanentError(`digest \`${plan.name}\` has no folder for files`);
  return await writeFiles(edition, latest, { path: folder, formats: plan.formats, link });
}

/** The edition as a message for a channel; its id is the same at every attempt. */
export function digestMessage(edition: Digest, target: Target) {
  return messageOf(edition, idOf(edition.digest, edition.date, target));
}

/**
 * The edition as a post on the bot's own account, which answers nobody. It is planned like a reply, so it goes out once.
 * Errors: PermanentError if it does not fit.
 */
export function digestPost(
  plan: DigestPlan,
  edition: Digest,
  { publisher, limits, target, now }: { publisher: string; limits: TextLimits; target: Target; now: number },
): PlannedReply {
  const text = postOf(edition, plan.link, limits);
  if (text === undefined)
    throw new PermanentError(`${publisher} allows ${limits.maxLength} characters, too few for a digest`);
  const key = postKeyOf(edition.digest, edition.date, publisher);
  const thread = `${edition.digest} ${edition.date} ${publisher}`;
  return {
    postKey: key,
    publisher,
    person: `${digestPlatform}:${edition.digest}`,
    scope: { platform: digestPlatform, thread, cited: [] },
    payload: {
      key,
      text,
      language: edition.language,
      createdAt: now,
      idempotencyKey: idOf(edition.digest, edition.date, target),
      replyTo: {
        key,
        platform: digestPlatform,
        id: thread,
        url: null,
        author: edition.digest,
        thread,
        visibility: 'public',
      },
      alone: true,
    },
  };
}

function postKeyOf(digest: string, date: DateText, publisher: string): string {
  return `${digestPlatform}:${digest}-${date}-${publisher}`;
}
