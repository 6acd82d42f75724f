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
