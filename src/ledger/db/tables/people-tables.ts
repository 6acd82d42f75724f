/** An opt-in or opt-out of an author. Opted in: the bot may reply to them unsummoned. */
export interface ConsentsTable {
  /** `platform:id` of the author: `personKey`. */
  person: string;
  choice: 'in' | 'out';
  /** Key of the post with the request, or the operator's words. */
  source: string;
  at: number;
}

/** Audit log of operators' actions; append-only. */
export interface AuditLogTable {
  id: string;
  at: number;
  /** Name from the operating system or the command line. */
  actor: string;
  /** `pause`, `reply approve`, `consent add`. */
  action: string;
  /** A key, a person or a scope. */
  target: string;
  /** The operator's words, or the change; may be empty. */
  note: string;
}

/** Logins to the operator's page. */
export interface SessionsTable {
  /** Hash of the browser's token, so that reading the ledger does not permit a login. */
  id: string;
  name: string;
  /** Hash of the password's hash: a new password ends the session. */
  proof: string;
  started_at: number;
  /** Last use, accurate to a minute. */
  seen_at: number;
}
