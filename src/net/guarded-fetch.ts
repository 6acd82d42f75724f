// contract only, see brief; the driver is written with it
export interface FetchRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Of the body as decoded, default 10 MB. */
  readonly maxBytes?: number;
  /** For the whole exchange, redirects and body included, default 30 s. */
  readonly timeoutMs?: number;
}
export interface Fetched {
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}
export type GuardedFetch = (url: string, request: FetchRequest) => Promise<Fetched>;
