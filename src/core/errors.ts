import { getSystemErrorName } from 'node:util';

/** What keeps a whole account from sending, until nobody knows when: its login is refused, or what answers is not the platform's API. */
export type Trouble = 'login' | 'passing';

/** A temporary refusal: the work is due again after `delayMs`. Not counted as a failure. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly delayMs: number;
  /** The whole account has to wait, as with a rate limit. */
  readonly account: boolean;
  /** Why the whole account waits, where nobody says for how long: each time in a row it waits longer. */
  readonly trouble: Trouble | undefined;
  /** The request reached the platform, which says that it did nothing. Some do it all the same. */
  readonly answered: boolean;

  constructor(
    message: string,
    delayMs: number,
    options: ErrorOptions & { account?: boolean; trouble?: Trouble | undefined; answered?: boolean } = {},
  ) {
    super(message, options);
    this.delayMs = delayMs;
    this.trouble = options.trouble;
    this.account = options.account ?? options.trouble !== undefined;
    this.answered = options.answered ?? false;
  }
}

/** A final refusal: a retry cannot help. `answered`: as above. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  readonly answered: boolean;

  constructor(message: string, options: ErrorOptions & { answered?: boolean } = {}) {
    super(message, options);
    this.answered = options.answered ?? false;
  }
}

/** Faults in a configuration file. `findings` has a line for each, `FILE:LINE:COLUMN: message`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly findings: readonly string[];

  constructor(findings: readonly string[], options?: ErrorOptions) {
    super(findings.join('\n'), options);
    this.findings = findings;
  }
}

/** Wrong use of a command; `message` says what to do instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True for an ENOENT of the file system. */
export function isNoSuchFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** SQLite's codes, and what the file system says for the same. */
const storageCodes: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or name another folder',
  EDQUOT: 'this user’s share of the disk is used up: free some space, or name another folder',
  EROFS: 'the file system is read-only: mount it for writing, or name another folder',
  EACCES: 'this user has no right to it: change the owner or the mode (chown, chmod), or name another folder',
  EPERM: 'this user has no right to it: change the owner or the mode (chown, chmod), or name another folder',
  ENOTDIR: 'a part of its path is a file: name another folder',
  EISDIR: 'it is a folder: name a file',
  EMFILE: 'too many files are open: raise the limit (ulimit -n, or LimitNOFILE of systemd)',
  EIO: 'the disk fails: see the system’s log, and restore a backup on another one',
  '13': 'the disk is full: free some space, or name another folder',
  '8': 'it is read-only for this user: change the owner or the mode (chown, chmod), or mount it for writing',
  '14': 'it cannot be opened: change the owner or the mode of its folder (chown, chmod), or name another one',
};

/** Why files cannot be read or written, and what to do; undefined: the error, and what caused it, says nothing of the kind. */
export function storageFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // The lower byte of an extended code is the code itself.
  const sqlite = 'errcode' in error && typeof error.errcode === 'number' ? String(error.errcode % 256) : '';
  const system = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // What Node says of a folder on a read-only file system.
  const folder =
    system === 'ENOENT' && 'syscall' in error && error.syscall === 'mkdir' ? storageCodes['EROFS'] : undefined;
  return folder ?? storageCodes[sqlite] ?? storageCodes[system] ?? storageFault(error.cause);
}

const noWay = 'there is no way to it: check the network of this machine';
const noAnswer = 'it does not answer: check host and port, and whether a firewall is between';
const notTrusted =
  'TLS: this machine does not trust its certificate: name the file of its CA in the variable NODE_EXTRA_CA_CERTS';
const notTls = 'TLS: it speaks something else: check the port, and whether it offers TLS';

/** Codes of Node, undici and OpenSSL. */
const networkCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: check host and port, and whether it runs',
  ECONNRESET: 'it cut the connection: try again, and check the port',
  ENOTFOUND: 'there is no such host: check its name',
  EAI_AGAIN: 'its name cannot be looked up now: check the DNS of this machine',
  EHOSTUNREACH: noWay,
  ENETUNREACH: noWay,
  ETIMEDOUT: noAnswer,
  UND_ERR_CONNECT_TIMEOUT: noAnswer,
  UND_ERR_HEADERS_TIMEOUT: noAnswer,
  CERT_HAS_EXPIRED: 'TLS: its certificate has expired: it must be renewed there, and the clock here must be right',
  CERT_NOT_YET_VALID: 'TLS: its certificate is not valid yet: the clocks there and here must be right',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS: its certificate is for another name: use that name',
  DEPTH_ZERO_SELF_SIGNED_CERT: notTrusted,
  SELF_SIGNED_CERT_IN_CHAIN: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: notTrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: notTrusted,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  EPROTO: notTls,
};

/** Why a server cannot be reached, what to do, and the code; undefined: the error, and what caused it, says nothing of the kind. */
export function networkFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Some libraries replace the system's code by their own.
  const system = 'errno' in error && typeof error.errno === 'number' && error.errno < 0 ? error.errno : undefined;
  const codes = ['code' in error ? String(error.code) : '', system === undefined ? '' : getSystemErrorName(system)];
  const code = codes.find((one) => Object.hasOwn(networkCodes, one));
  return code === undefined ? networkFault(error.cause) : `${networkCodes[code]} (${code})`;
}
