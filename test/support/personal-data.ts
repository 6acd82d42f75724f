import type { Schema } from '../../src/ledger/db/schema.ts';

/** How data about a stranger leaves a column, and the columns that never hold any. */
interface Table<Column extends string> {
  /** Column: what it holds, and how that goes. */
  readonly personal: Partial<Record<Column, string>>;
  readonly other: readonly Column[];
}

const withPost = 'with the post';
const hashed = 'becomes a hash once the work on the deleted post is done';

/** Every column of the ledger. The compiler refuses names that do not exist, test/ledger/personal-data.test.ts a column that is missing. */
export const personalData: { readonly [T in keyof Schema]: Table<keyof Schema[T] & string> } = {
  posts: {
    personal: {
      key: `id on the platform, may hold a name; ${hashed}`,
      author: 'id of the author; emptied at the deletion',
      thread: 'id of the thread; emptied once the work on the deleted post is done',
      post: 'text, names, links, content warning; emptied at the deletion, and by retention',
      citations: 'quoted words, IDs that posts above cite; emptied at the deletion, and by retention',
      error: 'words of a server about the post; emptied at the deletion',
      verdict: 'what was decided; emptied at the deletion',
    },
    other: [
      'platform',
      'feed',
      'surplus',
      'control',
      'revision',
      'state',
      'due_at',
      'attempts',
      'created_at',
      'ingested_at',
      'decided_at',
    ],
  },
  mentions: {
    personal: {
      post_key: `key of the post; deleted ${withPost}`,
      resolution: `the reference as written; deleted ${withPost}`,
    },
    other: ['position', 'reference_id', 'status', 'at'],
  },
  replies: {
    personal: {
      key: `key of the post; ${hashed}`,
      post_key: `key of the post; ${hashed}`,
      payload: 'our text, with name and link of the post; emptied once the work on the deleted post is done',
      replacement: 'the same, until it is on the platform; emptied at the deletion',
      scope: 'id of the thread; a tombstone keeps its hash',
      author: `id of the author; ${hashed}, which limits count by`,
      thread: `id of the thread; ${hashed}, which limits count by`,
      reason: 'words of a server about the reply; replaced with the post',
      published: 'our reply on its platform; in the log of replies, the key of the post',
      published_id: 'the same',
    },
    other: [
      'publisher',
      'state',
      'due_at',
      'attempts',
      'lease_until',
      'first_attempt_at',
      'lookups',
      'claimed_at',
      'repeat_until',
      'cancel_requested',
      'absences',
      'summoned',
      'turn',
      'planned_at',
      'replacements',
      'sent_at',
      'updated_at',
    ],
  },
  feeds: {
    personal: {
      cursor: 'ids of posts that were read lately (Mastodon: their URIs); others push them out',
      last_error: 'words of a server; the next poll replaces them',
    },
    other: [
      'name',
      'epoch',
      'holder',
      'lease_until',
      'due_at',
      'failures',
      'seen',
      'ingested',
      'rejected',
      'polled_at',
      'since',
    ],
  },
  rejects: {
    personal: {
      position: 'where an item stands; deleted with the post that it names, and after `retention.rejects`',
      excerpt: 'the beginning of an unreadable item; the same',
    },
    other: ['id', 'feed', 'reason', 'at'],
  },
  short_ids: {
    personal: {
      id: 'the first digits of the hash of a key; deleted with the post, or when its key becomes a hash',
      post_key: 'key of the post; the same',
    },
    other: [],
  },
  tombstones: { personal: { hash: 'SHA-256 of a key or a scope; stays' }, other: ['at'] },
  outages: { personal: {}, other: ['feed', 'since', 'until', 'reason'] },
  link_checks: {
    personal: {},
    other: [
      'url',
      'host',
      'wanted',
      'state',
      'due_at',
      'checked_at',
      'failures',
      'failing_since',
      'dead_since',
      'reason',
      'seen_at',
    ],
  },
  link_hosts: {
    personal: {},
    other: [
      'host',
      'next_at',
      'lease_until',
      'refuses_head',
      'robots',
      'robots_at',
      'failures',
      'failing_since',
      'dead_since',
      'blocked_until',
      'reason',
      'requested_at',
      'anchors_checked_at',
      'moved',
    ],
  },
  pages: { personal: {}, other: ['reference_id', 'url', 'page', 'reason', 'at'] },
  trackbacks: {
    personal: {
      source: 'address of the page; emptied when it no longer links to the cable',
      host: 'site of the page; deleted after `retention.rejects` when it no longer links to the cable',
      domain: 'registrable domain of the page; as its site',
      title: 'title of the page; as its address',
      site: 'name of the site; as its address',
      excerpt: 'words of the page; as its address',
      post_key: 'key of its post; emptied with it',
    },
    other: ['id', 'kind', 'state', 'cable', 'page', 'paragraph', 'due_at', 'attempts', 'error', 'at', 'probed_at'],
  },
  settings: { personal: {}, other: ['name', 'value'] },
  accounts: { personal: {}, other: ['name', 'refusals', 'blocked_until', 'reason', 'cooldowns', 'login_refused_at'] },
  pauses: { personal: {}, other: ['scope', 'reason', 'since'] },
  spending: {
    personal: { id: `key of the reply; ${hashed}` },
    other: ['account', 'amount', 'settled', 'at'],
  },
  consents: {
    personal: {
      person: 'id of a person; an opt-out stays, `pilcrow forget` deletes an opt-in',
      source: 'key of the post that said "stop", or your words; the key becomes a short id with the post',
    },
    other: ['choice', 'at'],
  },
  audit_log: {
    personal: {
      target: 'a key or a person that an operator named; stays',
      note: 'the operator’s words; of a failed login the client’s address; stay',
    },
    other: ['id', 'at', 'actor', 'action'],
  },
  rulebooks: { personal: {}, other: ['version', 'text', 'since', 'last'] },
  notices: {
    personal: {
      id: `key of the post; deleted ${withPost}`,
      post_key: `key of the post; deleted ${withPost}`,
      content: `text and name for a channel; emptied after the delivery, deleted ${withPost}`,
      recipients: 'addresses of the configuration that are still to be mailed; emptied when all have it',
    },
    other: ['channel', 'due_at', 'attempts', 'error', 'at'],
  },
  scheduler_locks: { personal: {}, other: ['name', 'at'] },
  editions: {
    personal: { reading: 'first digits of SHA-256 of keys of posts; stay' },
    other: ['digest', 'date', 'model', 'tally', 'made_at', 'summary'],
  },
  deliveries: {
    personal: { recipients: 'addresses of the configuration that are still to be mailed; emptied when all have it' },
    other: ['digest', 'date', 'target', 'due_at', 'attempts', 'error'],
  },
  alerts: { personal: {}, other: ['name', 'message', 'since', 'until', 'reported'] },
  sessions: { personal: {}, other: ['id', 'name', 'proof', 'started_at', 'seen_at'] },
};

/** Its rows for docs/privacy.md: column, what it holds and how that goes. */
export function personalRows(): string[] {
  return Object.entries(personalData).flatMap(([table, { personal }]) =>
    Object.entries<string>(personal).map(([column, words]) => `| \`${table}.${column}\` | ${words} |`),
  );
}
