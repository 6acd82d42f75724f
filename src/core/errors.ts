/** A known, passing refusal: the work is due again after `delayMs`. Not counted as a failure. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly delayMs: number;
  /** The platform means the whole account, as with a rate limit: nothing else is sent before either. */
  readonly account: boolean;

  constructor(message: string, delayMs: number, options?: ErrorOptions & { account?: boolean }) {
    super(message, options);
    this.delayMs = delayMs;
    this.account = options?.account ?? false;
  }
}

/** A known, final refusal: trying again cannot help. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** What stands in a configuration file is wrong. `findings` has a line for each fault, `FILE:LINE:COLUMN: message`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly findings: readonly string[];

  constructor(findings: readonly string[], options?: ErrorOptions) {
    super(findings.join('\n'), options);
    this.findings = findings;
  }
}

/** The command was called the wrong way; `message` says what to do instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether the file system says that there is no such file. */
export function isNoSuchFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
