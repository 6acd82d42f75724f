import { z } from 'zod';
import { Secret } from '../../core/secret.ts';
import { distinct } from '../../core/text/names.ts';
import { arrayAt, type Finding, valueAt, type Yaml } from '../yaml/yaml.ts';
import { addressSuchAs } from './sections.ts';

/** Roles on the operator's page; each includes the one before. */
export const Role = z.enum(['viewer', 'reviewer', 'operator']);
export type Role = z.infer<typeof Role>;

const role = Role.describe(
  'viewer: reads. reviewer: also approves, edits and rejects held replies. operator: everything.',
);

const User = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.@+-]{1,60}$/, 'expected letters, digits and . @ + - _ only')
    .describe('The name at the login and in the audit log.'),
  passwordHash: Secret.describe('Variable or file with the line that `pilcrow password` prints.'),
  role,
});

const Network = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
    error: 'expected an IP address or network, such as 127.0.0.1 or 10.0.0.0/8',
  })
  .refine((network) => !network.endsWith('/0'), 'this is all addresses, so every client could say who it is');

const ProxyHeader = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,60}$/, 'expected the name of a header, such as X-Forwarded-User')
    .describe('The header in which your proxy says who is logged in, such as X-Forwarded-User.'),
  trustedFrom: z
    .array(Network)
    .min(1)
    .describe(
      'Addresses or networks of the proxy: from anywhere else the header is ignored. They count as `trustedProxies`, too.',
    ),
  roles: z.record(z.string().max(200), role).describe('Roles by the name that the proxy sends.'),
});

const PublicUrl = z
  .url({ protocol: /^https?$/, error: 'expected an address such as https://pilcrow.example.org' })
  .refine((url) => URL.canParse(url) && new URL(url).pathname === '/', 'expected an address without a path');

/** The section `web`. */
export const Web = z.strictObject({
  listen: addressSuchAs('127.0.0.1:8190')
    .nullable()
    .default('127.0.0.1:8190')
    .describe(
      'HOST:PORT of the operator’s page and the cable pages; port 0: any free one. `null`: nowhere. Any address but the loopback needs `publicUrl`. Left out: PILCROW_LISTEN, which the image of a container sets, or the default.',
    ),
  publicUrl: PublicUrl.optional().describe(
    'The public address, where it differs from `listen`: behind a proxy, or off the loopback. With https, cookies are sent over https only.',
  ),
  cables: z
    .enum(['private', 'public', 'off'])
    .default('private')
    .describe(
      'The cable pages. private: for people who may see the operator’s page. public: for everybody, with the API for programs (docs/api.md). off: none.',
    ),
  trackbacks: z
    .enum(['held', 'off'])
    .default('held')
    .describe(
      'Webmentions and trackbacks from pages that link to a public cable page. held: each is checked, and shown once a person approves it. off: not accepted.',
    ),
  trustedProxies: z
    .array(Network)
    .default([])
    .describe(
      'Addresses or networks of your reverse proxies. A request that passed any other proxy is refused. Clients are counted by the last address in X-Forwarded-For that is none of these.',
    ),
  users: z
    .array(User)
    .check(distinct('user', 'name'))
    .default([])
    .describe(
      'People who may log in. Without them and `proxyHeader` the page demands the token that `pilcrow run` and `pilcrow web --url` print.',
    ),
  proxyHeader: ProxyHeader.optional().describe('A reverse proxy that logs people in and names them in a header.'),
});
export type Web = z.output<typeof Web>;

/** The networks whose word about a request counts. */
export function trustedProxiesOf({ trustedProxies, proxyHeader }: Web): readonly string[] {
  return [...trustedProxies, ...(proxyHeader?.trustedFrom ?? [])];
}

/** The host of `HOST:PORT`. */
export function hostOf(listen: string): string {
  return listen.slice(0, listen.lastIndexOf(':'));
}

/** A page that other machines reach needs its public address. */
export function webFaults(yaml: Yaml): Finding[] {
  const listen = valueAt(yaml.data, ['web', 'listen']);
  const isAway = typeof listen === 'string' && !isLoopback(hostOf(listen));
  if (!isAway || valueAt(yaml.data, ['web', 'publicUrl']) !== undefined) return [];
  const message =
    '`listen` is not on the loopback: set `web.publicUrl` to the address that people type, such as https://pilcrow.example.org';
  return [{ ...yaml.at(['web', 'listen']), message }];
}

/** Links to own pages, and Webmentions from them, need pages that everybody can open. */
export function ownWithoutPages(yaml: Yaml): Finding[] {
  const own = arrayAt(yaml.data, ['links', 'targets']).indexOf('own');
  const sender = arrayAt(yaml.data, ['publishers']).findIndex((one) => valueAt(one, ['platform']) === 'webmention');
  const uses = [
    { path: ['links', 'targets', own], what: '`own` links to', isThere: own !== -1 },
    { path: ['publishers', sender, 'platform'], what: 'Webmentions come from', isThere: sender !== -1 },
  ].filter(({ isThere }) => isThere);
  const lacks = [
    ...(valueAt(yaml.data, ['web', 'cables']) === 'public' ? [] : ['`web.cables: public`']),
    ...(valueAt(yaml.data, ['web', 'publicUrl']) === undefined ? ['`web.publicUrl`'] : []),
    ...(valueAt(yaml.data, ['web', 'listen']) === null ? ['`web.listen`'] : []),
  ];
  if (lacks.length === 0) return [];
  return uses.map(({ path, what }) => {
    const message = `${what} the bot’s cable pages, and people must be able to open them: set ${lacks.join(' and ')}`;
    return { ...yaml.at(path), message };
  });
}

/** True if only this machine reaches the host. */
export function isLoopback(host: string): boolean {
  const bare = host.replaceAll(/[[\]]/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare);
}
