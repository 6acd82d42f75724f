/** A change of a record. */
export interface FakeCommit {
  readonly operation: 'create' | 'update' | 'delete';
  readonly collection: string;
  readonly rkey: string;
  readonly rev: string;
  readonly cid?: string | undefined;
  readonly record?: unknown;
}

export interface FakeEvent {
  readonly seq: number;
  /** When this host witnessed it, in microseconds since the epoch. */
  readonly timeUs: number;
  readonly did: string;
  readonly kind: 'commit' | 'identity' | 'account' | 'sync';
  readonly commit?: FakeCommit;
  readonly account?: { readonly active: boolean; readonly status?: string | undefined };
  /** Sent instead of the event. */
  readonly raw?: string;
}

/** Filters as a connection asked for them; undefined matches all. */
export interface Wanted {
  readonly kinds?: ReadonlySet<string> | undefined;
  readonly collections?: readonly string[] | undefined;
  readonly dids?: ReadonlySet<string> | undefined;
  readonly maxBytes: number;
}

/** Collections constrain commits alone. */
export function isWanted(event: FakeEvent, { kinds, collections, dids }: Wanted): boolean {
  if (kinds && !kinds.has(event.kind)) return false;
  if (dids && !dids.has(event.did)) return false;
  if (event.commit === undefined || collections === undefined) return true;
  const { collection } = event.commit;
  return collections.some((name) =>
    name.endsWith('.*') ? collection.startsWith(name.slice(0, -1)) : collection === name,
  );
}

/** The first wire never had `sync`. */
export function frameV1({ did, timeUs, seq, kind, commit, account, raw }: FakeEvent): string | undefined {
  if (raw !== undefined) return raw;
  if (kind === 'sync') return undefined;
  const body = kind === 'commit' ? { commit } : { [kind]: { did, seq, time: timeOf(timeUs), ...account } };
  return JSON.stringify({ did, time_us: timeUs, cursor: seq, kind, ...body });
}

export function frameV2({ did, timeUs, seq, kind, commit, account, raw }: FakeEvent): string {
  if (raw !== undefined) return raw;
  const time = timeOf(timeUs);
  const body = kind === 'commit' ? commit : { [kind]: { did, seq: 1, time, ...account } };
  return message(kind, { seq, did, time, witnessedAt: time, ...body });
}

export function info(name: string, text: string): string {
  return message('info', { name, message: text });
}

function message(kind: string, payload: object): string {
  const $type = `network.bsky.jetstream.subscribeEvents#${kind}`;
  return JSON.stringify({ $type: 'message', payload: { $type, ...payload } });
}

/** With six digits of fractions. */
function timeOf(us: number): string {
  return new Date(us / 1000).toISOString().replace('Z', `${String(us % 1000).padStart(3, '0')}Z`);
}
