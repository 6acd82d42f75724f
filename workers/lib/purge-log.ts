import type { App } from '../../src/app.ts';
import { isDryRun } from '../../src/config/ledger-config.ts';
import { messageOf } from '../../src/core/errors.ts';
import { knownTombstones } from '../../src/ledger/posts/tombstones.ts';
import type { RecordedReply } from '../../src/platforms/platform.ts';

type LogApp = Pick<App, 'config' | 'ledger' | 'publisher' | 'hurry' | 'emit'>;

/** Removes from the log of replies what the ledger has purged, and what is as old. Each process has a log of its own. */
export async function purgeLog(app: LogApp): Promise<void> {
  const log = app.config.publishers.find(({ name }) => isDryRun(app.config, name));
  if (log === undefined) return;
  const now = await app.ledger.now();
  try {
    const publisher = await app.publisher(log.name);
    await publisher?.purge?.((replies) => purgedAmong(app, replies, now), app.hurry);
  } catch (error) {
    const message = `purged replies are still in its file, next try in an hour: ${messageOf(error)}`;
    app.emit({ kind: 'error', what: log.name, message });
  }
}

async function purgedAmong({ config, ledger }: LogApp, replies: readonly RecordedReply[], now: number) {
  const { texts, limitedTexts, shortLived } = config.retention;
  const tombstones = await knownTombstones(
    ledger.db,
    replies.map(({ post }) => post),
  );
  const shortest = ({ key, limited }: RecordedReply) =>
    Math.min(
      texts ?? Infinity,
      limited ? limitedTexts : Infinity,
      ...shortLived.filter(({ platform }) => key.startsWith(`${platform}:`)).map(({ textsMs }) => textsMs),
    );
  const purged = replies.filter((reply) => tombstones.has(reply.post) || reply.at < now - shortest(reply));
  return new Set(purged.map(({ key }) => key));
}
