import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { messageOf, networkFault, UsageError } from '../../core/errors.ts';

/** Where a database is, and how the connections to it are encrypted. */
interface Target {
  readonly connectionString: string;
  readonly ssl: ConnectionOptions | false;
  /** Without TLS where the server offers none. */
  readonly fallsBack: boolean;
}

const modes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** The names that libpq gives them, and psql; the driver reads some of them in another way. */
const parameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;

/** Reads the TLS parameters of a URL as libpq does; without any, there is no TLS. Errors: UsageError that does not repeat the URL. */
export function targetOf(url: string): Target {
  const parsed = parse(url);
  const { searchParams } = parsed;
  const { sslmode, sslrootcert: ca, sslcert: cert, sslkey: key } = taken(searchParams);
  if ([...searchParams.keys()].some((name) => name === 'ssl' || name === 'uselibpqcompat'))
    throw new UsageError(
      `URL of the ledger: write sslmode=${modes.join(', ')} instead of \`ssl\` or \`uselibpqcompat\``,
    );
  const mode = modes.find((one) => one === (sslmode ?? (ca === undefined ? 'disable' : 'verify-full')));
  if (mode === undefined) throw new UsageError(`URL of the ledger: sslmode=${sslmode}: expected ${modes.join(', ')}`);
  if (mode === 'verify-ca' && ca === undefined)
    throw new UsageError('URL of the ledger: sslmode=verify-ca needs the file of the CA, sslrootcert=FILE');
  const connectionString = sslmode === undefined && ca === undefined ? url : parsed.href;
  if (mode === 'disable') return { connectionString, ssl: false, fallsBack: false };
  const ssl = {
    ...(ca === undefined ? {} : { ca: read('sslrootcert', ca) }),
    ...(cert === undefined ? {} : { cert: read('sslcert', cert) }),
    ...(key === undefined ? {} : { key: read('sslkey', key) }),
    ...verification(mode, ca !== undefined),
  };
  return { connectionString, ssl, fallsBack: mode === 'prefer' };
}

/** What is compared of a certificate: nothing, who signed it, or its name as well. */
function verification(mode: (typeof modes)[number], hasCa: boolean): ConnectionOptions {
  if (mode === 'verify-full') return {};
  if (mode === 'verify-ca' || (mode === 'require' && hasCa)) return { checkServerIdentity: () => undefined };
  return { rejectUnauthorized: false };
}

/** The TLS parameters, which the URL no longer has afterwards. */
function taken(from: URLSearchParams): Partial<Record<(typeof parameters)[number], string>> {
  const found = parameters.flatMap((name) => (from.has(name) ? [[name, from.get(name)!] as const] : []));
  for (const name of parameters) from.delete(name);
  return Object.fromEntries(found);
}

function read(parameter: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`URL of the ledger: ${parameter}: ${messageOf(error)}`);
  }
}

function parse(url: string): URL {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError('invalid URL of the ledger: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE');
  return new URL(url);
}

/** Location of a database, without secrets. Errors: UsageError that does not repeat the URL. */
export function locationOf(url: string): string {
  const { hostname, port, pathname } = parse(url);
  return `PostgreSQL at ${hostname || 'localhost'}:${port || 5432}${pathname}`;
}

/** The code of an error or of its nearest cause that has one: an SQLSTATE, or that of Node or OpenSSL. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause);
}

export function isWithoutTls(error: unknown): boolean {
  return messageOf(error).includes('does not support SSL connections');
}

/** What to do about a server that cannot be used, by the code of the error. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_)/,
    'TLS: this host does not trust the certificate; name the file of its CA in the URL: ?sslmode=verify-full&sslrootcert=FILE',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID/,
    'TLS: the certificate is for another name; use that name in the URL, or sslmode=verify-ca, which does not compare it',
  ],
  [/^CERT_/, 'TLS: the certificate is not valid now; renew it, and compare the clocks of both hosts'],
  [
    /^(ERR_SSL|ERR_TLS|EPROTO|ERR_OSSL)/,
    'TLS: the handshake failed; compare sslmode, sslrootcert, sslcert and sslkey in the URL with the server',
  ],
  [
    /^28/,
    'Are user and password right, and does pg_hba.conf let them in? If it demands TLS, set sslmode=verify-full in the URL',
  ],
  [/^3D/, 'Create the database: createdb --owner=USER NAME'],
  [/^42501/, 'The user must own the database: alter database NAME owner to USER'],
  [/^53300/, 'A process uses up to 9 connections: raise max_connections, or the connection limit of user or database'],
  [/^57P03/, 'It starts or stops: try again in a moment'],
  [/^08P01/, 'A pooler must be in session mode, with room for 9 connections a process'],
];

export function remedyFor(error: unknown): string {
  if (isWithoutTls(error)) return 'TLS: the server offers none; turn on `ssl` there, or set sslmode=disable in the URL';
  const code = codeOf(error);
  const found = remedies.find(([pattern]) => pattern.test(code));
  const fault = networkFault(error);
  if (found === undefined && fault !== undefined) return `PostgreSQL: ${fault}`;
  return found?.[1] ?? 'Is the server running, and may this user create tables in that database?';
}
