/** Where a page of a list ends: the next one begins behind it. */
export interface PageToken {
  readonly at: number;
  readonly key: string;
}

/** Of rows of which one more than `limit` was asked for; undefined: this page is the last one. */
export function nextPageToken<Row>(
  rows: readonly Row[],
  limit: number,
  tokenOf: (row: Row) => PageToken,
): PageToken | undefined {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return last && tokenOf(last);
}
