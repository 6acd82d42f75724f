import { editionPaths, operatorPaths } from '../../test/support/operator-paths.ts';

/** A post that is in a ledger of each size. */
export const keyOfYears = 'file:years-1500';

/** What a command or page is named in the table, and what is asked; KEY is the key of a post, SHORT its short id, URL the address of none. */
export interface Asked {
  readonly name: string;
  readonly asks: readonly string[];
  /** Reads all by purpose, so it may take longer in a larger ledger; and is measured once. */
  readonly readsAll?: true;
}

export const commands: readonly Asked[] = [
  { name: 'doctor', asks: ['doctor'] },
  { name: 'status', asks: ['status'] },
  { name: 'review list', asks: ['review', 'list'] },
  { name: 'rejects list', asks: ['rejects', 'list'] },
  { name: 'replies list', asks: ['replies', 'list'] },
  { name: 'replies list --failed', asks: ['replies', 'list', '--failed'] },
  { name: 'audit', asks: ['audit'] },
  { name: 'audit of a target', asks: ['audit', 'all'] },
  { name: 'consent list', asks: ['consent', 'list'] },
  { name: 'digest list', asks: ['digest', 'list'] },
  { name: 'digest --preview', asks: ['digest', '--preview'], readsAll: true },
  { name: 'links list', asks: ['links', 'list'] },
  { name: 'explain, by key', asks: ['explain', 'KEY'] },
  { name: 'pause --list', asks: ['pause', '--list'] },
  { name: 'explain, by address', asks: ['explain', 'URL'] },
  { name: 'explain, by short id', asks: ['explain', 'SHORT'] },
  { name: 'forget, of nobody', asks: ['forget', '@nobody@social.example', '--yes'] },
  { name: 'rules backtest --since 1d', asks: ['rules', 'backtest', '--since', '1d'] },
  { name: 'ledger check', asks: ['ledger', 'check'], readsAll: true },
  { name: 'ledger backup', asks: ['ledger', 'backup', 'BACKUP'], readsAll: true },
];

/** DATE is the day of the latest edition. */
export const pages: readonly Asked[] = [
  ...[
    ...operatorPaths,
    ...editionPaths,
    '/mentions?q=05ASTANA1',
    '/mentions?q=pipeline',
    '/mentions?q=%40user0',
    '/cables',
    '/cable/05ASTANA1',
    '/cable/05ASTANA1/mentions.atom',
  ].map((path): Asked => ({ name: path, asks: [path] })),
  // Counts all posts of the day.
  { name: '/digests/daily/preview', asks: ['/digests/daily/preview'], readsAll: true },
];
