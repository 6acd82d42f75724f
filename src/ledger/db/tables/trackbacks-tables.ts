import type { SchemaModule } from 'kysely';

/**
 * A page that told us of its link to a cable page. new: to be looked at. pending: it links here, and a person decides. approved: it is a
 * post now. rejected: a person said no, for good. refused: it could not be looked at, `error` says why. gone: it links here no more.
 */
export type TrackbackState = 'new' | 'pending' | 'approved' | 'rejected' | 'refused' | 'removed';

export interface TrackbacksTable {
  /** Made of source and cable: one each. */
  id: string;
  kind: 'webmention' | 'trackback';
  state: TrackbackState;
  source: string;
  /** Of the source. */
  host: string;
  cable: string;
  /** Address of the cable page that it says it links to, without a paragraph. */
  page: string;
  paragraph: number | null;
  /** What the sender or the page says of itself; empty where neither does. */
  title: string;
  site: string;
  excerpt: string;
  /** The post that it became; null before. */
  post_key: string | null;
  /** When it is next to be looked at; null: never. */
  due_at: number | null;
  attempts: number;
  error: string | null;
  at: number;
}

/** Makes the tables of what other sites say of cables. */
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
