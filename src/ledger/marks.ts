/** Where a page of a list ends: the next one begins behind it. */
export interface Mark {
  readonly at: number;
  readonly key: string;
}

/** Of rows of which one more than `limit` was asked for; undefined: this page is the last one. */
export function nextMark<Row>(rows: readonly Row[], limit: number, markOf: (row: Row) => Mark): Mark | undefined {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return last && markOf(last);
}
