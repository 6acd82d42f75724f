import { createHmac } from 'node:crypto';
import { PermanentError, RetryLater } from '../core/errors.ts';
import type { SecretValue } from '../core/secret.ts';
import { retryAfterMs } from '../net/rate-limits.ts';
import type { Channel, ChannelContext } from './channel.ts';

export interface WebhookConfig {
  readonly url: SecretValue;
  /** Signs what is sent. */
  readonly secret?: SecretValue | undefined;
}

const timeoutMs = 15_000;
const silentWaitMs = 60_000;

/** Posts messages as JSON to an address that the operator chose; `network.allowPrivate` names those that are not public. */
export function openWebhook({ url, secret }: WebhookConfig, { fetch }: ChannelContext): Channel {
  return {
    async deliver({ id, subject, text, data }, signal) {
      const body = JSON.stringify({ id, subject, text, data });
      const headers = {
        'content-type': 'application/json',
        'pilcrow-id': id,
        ...(secret !== undefined && { 'pilcrow-signature': signatureOf(secret, body) }),
      };
      const { status, headers: answered } = await fetch(url.reveal(), {
        method: 'POST',
        body,
        headers,
        signal,
        timeoutMs,
        maxBytes: 65_536,
      });
      if (status >= 200 && status < 300) return;
      if (status === 429) {
        const waitMs = retryAfterMs(answered, Date.now()) ?? silentWaitMs;
        throw new RetryLater('the webhook asks for patience (429)', waitMs);
      }
      // A redirected POST would be another request than the one that was meant.
      if (status >= 300 && status < 500 && status !== 408)
        throw new PermanentError(`the webhook refuses it with status ${status}`);
      throw new Error(`the webhook answers with status ${status}`);
    },
    check: () => Promise.resolve(URL.canParse(url.reveal()) ? undefined : 'its secret is no URL'),
  };
}

/** As GitHub and many others write it: `sha256=` and the HMAC of the body in hexadecimal. */
function signatureOf(secret: SecretValue, body: string): string {
  return `sha256=${createHmac('sha256', secret.reveal()).update(body).digest('hex')}`;
}
