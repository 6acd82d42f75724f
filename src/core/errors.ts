/** A temporary refusal: the work is due again after `delayMs`. Not counted as a failure. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly delayMs: number;
  /** The whole account has to wait, as with a rate limit. */
  readonly account: boolean;

  constructor(message: string, delayMs: number, options?: ErrorOptions & { account?: boolean }) {
    super(message, options);
    this.delayMs = delayMs;
    this.account = options?.account ?? false;
  }
}

/** A final refusal: a retry cannot help. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
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
