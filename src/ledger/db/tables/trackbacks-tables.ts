import type { SchemaModule } from 'kysely';

/**
 * A page that claims to link to a cable page. new: to be probed. pending: the link is verified, and a person decides. approved: it has become a
 * post. rejected: by a person, for good. refused: the probe failed, see `error`. removed: the page no longer has the link.
 */
export type TrackbackState = 'new' | 'pending' | 'approved' | 'rejected' | 'refused' | 'removed';

export interface TrackbacksTable {
  /** Hash of source and cable. */
  id: string;
  kind: 'webmention' | 'trackback';
  state: TrackbackState;
  source: string;
  /** Host of the source. */
  host: string;
  cable: string;
  /** Address of the linked cable page, without a paragraph. */
  page: string;
  paragraph: number | null;
  /** From the sender or the page; empty if unknown. */
  title: string;
  site: string;
  excerpt: string;
  /** Its post; null before approval. */
  post_key: string | null;
  /** Time of the next probe; null: none. */
  due_at: number | null;
  attempts: number;
  error: string | null;
  at: number;
}

/** Creates the table of trackbacks. */
export async function trackbackTables(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('trackbacks')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('host', 'text', (c) => c.notNull())
    .addColumn('cable', 'text', (c) => c.notNull())
    .addColumn('page', 'text', (c) => c.notNull())
    .addColumn('paragraph', 'integer')
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('site', 'text', (c) => c.notNull())
    .addColumn('excerpt', 'text', (c) => c.notNull())
    .addColumn('post_key', 'text')
    .addColumn('due_at', 'bigint')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('error', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createIndex('trackbacks_due')
    .on('trackbacks')
    .column('due_at')
    .where('due_at', 'is not', null)
    .execute();
  await schema.createIndex('trackbacks_of_host').on('trackbacks').columns(['host', 'at']).execute();
  await schema.createIndex('trackbacks_in_state').on('trackbacks').columns(['state', 'at']).execute();
}
