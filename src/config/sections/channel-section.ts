import { z } from 'zod';
import { Secret } from '../../core/secret.ts';
import { nameSuchAs } from '../../core/text/names.ts';

const Name = nameSuchAs('on-call').describe('Your name for this channel; rules with `action: notify` name it.');

const Address = z.string().regex(/^[^\s@]+@[^\s@]+$|^[^<>\n]*<[^\s@]+@[^\s@]+>$/, 'expected an e-mail address');

/** Schema of an entry under `channels`. */
export const Channel = z.discriminatedUnion('type', [
  z.strictObject({
    name: Name,
    type: z.literal('webhook').describe('A JSON object is posted to an address.'),
    url: Secret.describe(
      'Variable or file with its address. A private address also needs an entry in `network.allowPrivate`.',
    ),
    secret: Secret.optional().describe(
      'Signs what is sent: `Pilcrow-Signature` is `sha256=` and the HMAC of the body in hexadecimal.',
    ),
  }),
  z.strictObject({
    name: Name,
    type: z.literal('email').describe('E-mail through your own server.'),
    to: z.array(Address).min(1).max(20).describe('Recipients.'),
    from: Address.describe('Sender.'),
    smtp: Secret.describe('Variable or file with the URL of the server: smtps://USER:PASSWORD@HOST:465.'),
  }),
]);
export type Channel = z.output<typeof Channel>;
