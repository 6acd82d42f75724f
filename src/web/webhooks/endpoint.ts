import { timingSafeEqual } from 'node:crypto';
import type { FeedEntry } from '../../config/config.ts';
import { SecretValue } from '../../core/secret.ts';
import { signatureOf } from '../../net/webhook-signature.ts';
import { entryOf, spoolFolder, storeDelivery } from '../../platforms/webhook/spool.ts';
import type { Context, Page, PageRequest } from '../page.ts';
import { openRateLimit } from '../rate-limit.ts';

/** How far the clocks of sender and bot may differ, as https://www.standardwebhooks.com recommends. */
const toleranceMs = 300_000;

/** Endpoints for the posts of other programs, one for each feed of the platform `webhook`. */
export function webhookPages(context: Context): readonly Page[] {
  const feeds = context.config.feeds.filter(({ platform }) => platform === 'webhook');
  const rateLimit = openRateLimit({ burst: 100, refillMs: 100 });
  return feeds.map((feed) => ({
    method: 'POST',
    path: `/webhook/${pathOf(feed)}`,
    audience: 'anyone',
    cacheable: true,
    crossOrigin: true,
    body: 'text',
    handle: async (request) => {
      if (rateLimit.take(request.client) > 0) return answer(429, 'Too many requests. Try again in a minute.');
      return await receive(request, feed);
    },
  }));
}

function pathOf({ config }: FeedEntry): string {
  return String(config['path']);
}

async function receive({ context, c }: PageRequest, feed: FeedEntry): Promise<Response> {
  const header = (name: string) => c.req.header(`webhook-${name}`) ?? '';
  const [id, timestamp, signatures] = [header('id'), header('timestamp'), header('signature')];
  const body = await c.req.text();
  const now = Date.now();
  const isTimely = /^\d{1,12}$/.test(timestamp) && Math.abs(Number(timestamp) * 1000 - now) <= toleranceMs;
  if (id === '' || id.length > 200) return answer(400, 'The header webhook-id must have 1 to 200 characters.');
  if (!isTimely)
    return answer(400, 'The header webhook-timestamp must be the time in seconds since 1970, within five minutes.');
  const { secret } = feed.config;
  if (!(secret instanceof SecretValue) || !isSigned(signatures, signatureOf(secret, `${id}.${timestamp}.${body}`)))
    return answer(
      401,
      'The header webhook-signature must be the HMAC-SHA256 of ID.TIMESTAMP.BODY: docs/platforms/webhook.md.',
    );
  const entry = entryOf({ name: id, at: now, body }, pathOf(feed));
  if ('fault' in entry) return answer(400, `The body cannot be read as a post: ${entry.fault}.`);
  const stored = await storeDelivery(spoolFolder(context.config.dataDir, pathOf(feed)), id, body, now);
  if (stored === 'full') return answer(503, 'Too many posts wait to be read. Try again later.');
  return stored === 'known' ? answer(200, 'Already received.') : answer(202, 'Received.');
}

/** The header may have several signatures, while a secret is replaced. */
function isSigned(written: string, expected: string): boolean {
  const wanted = Buffer.from(expected);
  return written
    .split(' ')
    .slice(0, 10)
    .map((one) => Buffer.from(one))
    .some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
}

function answer(status: number, message: string): Response {
  return new Response(`${message}\n`, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
}
