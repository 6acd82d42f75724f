/** Cursor, lease and counters of a feed. */
export interface FeedsTable {
  name: string;
  cursor: string | null;
  /** Grows with each lease; a cursor write with an older epoch is refused. */
  epoch: number;
  holder: string | null;
  lease_until: number;
  /** Time of the next poll. */
  due_at: number;
  failures: number;
  last_error: string | null;
  seen: number;
  ingested: number;
  rejected: number;
  polled_at: number | null;
  /** First poll. */
  since: number;
}

export interface RejectsTable {
  id: string;
  feed: string;
  position: string;
  reason: string;
  excerpt: string;
  at: number;
}

/** Periods in which a feed could not be read; feed `*`: in which no process ran. */
export interface OutagesTable {
  feed: string;
  since: number;
  /** Null: ongoing. */
  until: number | null;
  reason: string;
}
