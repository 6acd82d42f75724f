import { PermanentError, messageOf, networkFault } from '../core/errors.ts';
import type { SecretValue } from '../core/secret.ts';
import { type Channel, PartlyDelivered } from './channel.ts';

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
    async deliver({ id, subject, text, html, recipients = to }, signal) {
      signal.throwIfAborted();
      // One who is no longer configured gets nothing more.
      const addressees = to.filter((address) => recipients.includes(address));
      if (addressees.length === 0) return;
      const mailer = await transport();
      const close = () => mailer.close();
      signal.addEventListener('abort', close, { once: true });
      try {
        const sent = await mailer.sendMail({
          from,
          to: addressees,
          subject,
          text,
          ...(html !== undefined && { html }),
          messageId: `<${id}@pilcrow>`,
          // Keeps auto-responders from answering (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        if (sent.rejected.length > 0) throw partOf(addressees, sent);
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
        return networkFault(error) ?? messageOf(error);
      } finally {
        mailer.close();
      }
    },
  };
}

/** What nodemailer says of a mail that some recipients got. */
interface Sent {
  readonly accepted: readonly (string | { readonly address: string })[];
  readonly rejectedErrors?: readonly (Error & { readonly recipient?: string | undefined })[] | undefined;
}

/** The server takes or refuses each recipient separately. */
function partOf(addressees: readonly string[], { accepted, rejectedErrors: refusals = [] }: Sent) {
  const have = accepted.map((address) => bare(typeof address === 'string' ? address : address.address));
  const remaining = addressees.filter((address) => !have.includes(bare(address)));
  const why = refusals.map((refusal) => `${refusal.recipient}: ${messageOf(refusal)}`).join('; ');
  return new PartlyDelivered(`not all recipients have it: ${why}`, { remaining, isFinal: refusals.every(isRefusal) });
}

/** `a@b` of `Name <a@b>`. */
function bare(address: string): string {
  return (/<([^<>]+)>$/.exec(address)?.[1] ?? address).toLowerCase();
}

/** 5xx of RFC 5321: the server never accepts it. */
function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'responseCode' in error ? error.responseCode : undefined;
  return typeof code === 'number' && code >= 500 && code < 600;
}
