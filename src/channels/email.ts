import { PermanentError, messageOf } from '../core/errors.ts';
import type { SecretValue } from '../core/secret.ts';
import type { Channel } from './channel.ts';

export interface EmailConfig {
  readonly to: readonly string[];
  readonly from: string;
  /** `smtps://USER:PASSWORD@HOST:PORT`, or `smtp:` for a server that starts unencrypted and may upgrade to TLS. */
  readonly smtp: SecretValue;
}

const timeouts = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000 };

/** Sends messages as e-mail through the operator's server. */
export function openEmail({ to, from, smtp }: EmailConfig): Channel {
  const transport = async () => {
    const { createTransport } = await import('nodemailer');
    return createTransport({ url: smtp.reveal(), ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  };
  return {
    async deliver({ id, subject, text, html, images = [] }, signal) {
      signal.throwIfAborted();
      const mailer = await transport();
      const close = () => mailer.close();
      signal.addEventListener('abort', close, { once: true });
      try {
        await mailer.sendMail({
          from,
          to: [...to],
          subject,
          text,
          ...(html !== undefined && { html }),
          attachments: images.map(({ cid, name: filename, type: contentType, content }) => {
            return { cid, filename, contentType, content };
          }),
          messageId: `<${id}@pilcrow>`,
          // Keeps auto-responders from answering (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        signal.throwIfAborted();
        throw isRefusal(error) ? new PermanentError(messageOf(error), { cause: error }) : error;
      } finally {
        signal.removeEventListener('abort', close);
        mailer.close();
      }
    },
    async check() {
      const mailer = await transport();
      try {
        await mailer.verify();
        return undefined;
      } catch (error) {
        return messageOf(error);
      } finally {
        mailer.close();
      }
    },
  };
}

/** 5xx of RFC 5321: the server never accepts it. */
function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'responseCode' in error ? error.responseCode : undefined;
  return typeof code === 'number' && code >= 500 && code < 600;
}
