import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import { signatureOf } from '../../net/webhook-signature.ts';
import { fetchConfigured } from '../../net/configured-fetch.ts';
import { throwIfStopping } from '../../net/never-sent.ts';
import { retryAfterMs } from '../../net/rate-limits.ts';
import type { DriverContext, Publisher } from '../platform.ts';
import { sending, StatusError } from '../shared/answers.ts';
import { lengthsUpTo } from '../shared/lengths.ts';
import type { WebhookPublisher } from './config.ts';
import { rendered } from './template.ts';

const bounds = { maxBytes: 65_536, timeoutMs: 15_000 };
const defaultRetryMs = 60_000;

export function openPublisher(
  config: WebhookPublisher,
  { clock }: Pick<DriverContext, 'clock'>,
): Publisher & AsyncDisposable {
  return {
    limits: lengthsUpTo(config.maxLength),
    repeat: 'doubles',
    async publish(payload, signal) {
      throwIfStopping(signal);
      const request = requestOf(config, payload, clock.now());
      return await sending(() => send(request, signal, clock.now()));
    },
    // Nothing can be asked of a webhook.
    find: () => Promise.resolve('cannot-tell'),
    withdraw: () => Promise.reject(new PermanentError('what a webhook took stays there: delete it by hand')),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Undefined, or why this cannot be a webhook, in words. */
export function checkAddress({ url }: WebhookPublisher): string | undefined {
  const protocol = URL.parse(url.reveal())?.protocol ?? '';
  return /^https?:$/.test(protocol) ? undefined : 'its `url` is no http or https address';
}

type Request = ReturnType<typeof requestOf>;

/** Errors: PermanentError. */
function requestOf(config: WebhookPublisher, payload: Payload, now: number) {
  const { url, method, contentType, authorization, secret } = config;
  const id = encodeURIComponent(payload.idempotencyKey);
  const address = URL.parse(url.reveal().replace(/\{\{\s*id\s*\}\}/, id));
  if (address === null) throw new PermanentError('the `url` of the webhook is no address');
  const body = bodyOf(config.body, payload);
  const timestamp = String(Math.floor(now / 1000));
  const headers = {
    'content-type': contentType,
    'user-agent': 'Pilcrow',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(authorization !== undefined && { authorization: authorization.reveal() }),
    ...(secret !== undefined && { 'webhook-signature': signatureOf(secret, `${id}.${timestamp}.${body}`) }),
  };
  return { id, address, method, headers, body };
}

function bodyOf(template: string, payload: Payload): string {
  try {
    return rendered(template, payload);
  } catch (error) {
    throw new PermanentError(`the \`body\` of the webhook cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

async function send({ id, address, ...request }: Request, signal: AbortSignal, now: number): Promise<Published> {
  const { status, headers, text } = await fetchConfigured(address, { ...request, signal }, bounds);
  if (status >= 200 && status < 300) return { id, url: null };
  if (status === 429) {
    const waitMs = retryAfterMs(headers, now) ?? defaultRetryMs;
    throw new RetryLater('the webhook limits the rate (429)', waitMs, { account: true, answered: true });
  }
  const words = text.replaceAll(/\s+/g, ' ').slice(0, 200);
  throw new StatusError(`${address.host} answered ${status}: ${words}`, status, words);
}
