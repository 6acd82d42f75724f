import { PermanentError, RetryLater } from '../core/errors.ts';
import type { SecretValue } from '../core/secret.ts';
import { signatureOf } from '../net/webhook-signature.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import { retryAfterMs } from '../net/rate-limits.ts';
import type { Channel } from './channel.ts';

export interface WebhookConfig {
  readonly url: SecretValue;
  /** Signs id, time and body. */
  readonly secret?: SecretValue | undefined;
}

const timeoutMs = 15_000;
const defaultRetryMs = 60_000;

/** Posts messages as JSON to an address that the operator chose; a private one needs `network.allowPrivate`. */
export function openWebhook({ url, secret }: WebhookConfig, fetch: GuardedFetch): Channel {
  return {
    async deliver({ id, subject, text, data }, signal) {
      const body = JSON.stringify({ id, subject, text, data });
      const timestamp = String(Math.floor(Date.now() / 1000));
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        ...(secret !== undefined && { 'webhook-signature': signatureOf(secret, `${id}.${timestamp}.${body}`) }),
      };
      const { status, headers: answerHeaders } = await fetch(url.reveal(), {
        method: 'POST',
        body,
        headers,
        signal,
        timeoutMs,
        maxBytes: 65_536,
      });
      if (status >= 200 && status < 300) return;
      if (status === 429) {
        const waitMs = retryAfterMs(answerHeaders, Date.now()) ?? defaultRetryMs;
        throw new RetryLater('the webhook limits the rate (429)', waitMs);
      }
      // Do not follow a redirect: the POST would become another request.
      if (status >= 300 && status < 500 && status !== 408)
        throw new PermanentError(`the webhook refuses the message with status ${status}`);
      throw new Error(`the webhook answered with status ${status}`);
    },
    check: () => Promise.resolve(URL.canParse(url.reveal()) ? undefined : 'its secret is not a URL'),
  };
}
