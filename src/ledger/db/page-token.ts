/** Keyset pagination: the last row of a page. */
export interface PageToken {
  readonly at: number;
  readonly key: string;
}

/** Token after a query for `limit + 1` rows; undefined: this page is the last one. */
export function nextPageToken<Row>(
  rows: readonly Row[],
  limit: number,
  tokenOf: (row: Row) => PageToken,
): PageToken | undefined {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return last && tokenOf(last);
}
