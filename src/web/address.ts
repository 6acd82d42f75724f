import type { AddressInfo, Server } from 'node:net';
import type { Config } from '../config/config.ts';
import { ConfigError, messageOf } from '../core/errors.ts';
import { entryOf } from './access-token.ts';
import { isPasswordHash } from './password.ts';
import { siteOriginOf } from './site-origin.ts';

/** Where the page is. */
export interface Address {
  /** For people: `http://127.0.0.1:8190`. */
  readonly url: string;
  /** The same with the token that opens the page, where one is demanded: for a terminal, never for a log. */
  readonly entry: string;
  readonly port: number;
}

/** The server cannot listen on the address; the bot works without it. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Has a server listen where the configuration says. Errors: ConfigError, before anything listens; ListenError. */
export async function listenAt(server: Server, config: Config, listen: string): Promise<Address> {
  const { web, file } = config;
  const invalid = web.users.filter(({ passwordHash }) => !isPasswordHash(passwordHash.reveal()));
  if (invalid.length > 0) {
    throw new ConfigError(
      invalid.map(
        ({ name }) => `${file}: \`web.users\`: the passwordHash of ${name} is invalid; npx pilcrow password prints one`,
      ),
    );
  }
  // A token that cannot be read is better known before anything listens.
  entryOf('', config);
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon).replaceAll(/[[\]]/g, '');
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' ? 'another process listens there: name another port' : messageOf(error);
      reject(new ListenError(`\`web.listen\`: cannot listen on ${listen}: ${taken}`, { cause: error }));
    });
    server.listen({ host, port: Number(listen.slice(colon + 1)) }, resolve);
  });
  return addressOf(server, config, listen);
}

/** Of a server that listens. */
export function addressOf(server: Server, config: Config, listen: string): Address {
  const { port } = server.address() as AddressInfo;
  const { url } = siteOriginOf({ ...config.web, listen }, port);
  return { url, port, entry: entryOf(url, config) };
}
