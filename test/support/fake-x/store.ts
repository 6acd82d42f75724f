import twitter from 'twitter-text';
import type { Clock } from '../../../src/core/clock.ts';

export interface FakeUser {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly createdAt: number;
  protected: boolean;
  blocksBot: boolean;
}

/** One version of a post. */
export interface FakeTweet {
  readonly id: string;
  readonly author: FakeUser;
  /** As its author wrote it. */
  readonly text: string;
  readonly createdAt: number;
  /** When search and timelines know of it. */
  readonly indexedAt: number;
  readonly replySettings: string;
  readonly lang: string;
  readonly conversation: string;
  readonly references: readonly { readonly type: string; readonly id: string }[];
  /** Alternative texts of its images, in order; null: an image without one. */
  readonly images: readonly (string | null)[];
  readonly hashtags: readonly string[];
  readonly mentions: readonly FakeUser[];
  readonly urls: readonly {
    readonly short: string;
    readonly expanded: string;
    readonly start: number;
    readonly end: number;
  }[];
  /** In the place of what X would say of it: something that cannot be read. */
  readonly raw?: Record<string, unknown>;
  /** Ids of all versions, shared by them. */
  readonly chain: string[];
}

export interface NewTweet {
  readonly id?: string;
  readonly author?: FakeUser;
  readonly replySettings?: string;
  readonly replyTo?: FakeTweet;
  readonly quotes?: FakeTweet;
  readonly retweets?: FakeTweet;
  readonly lang?: string;
  readonly createdAt?: number;
  readonly indexedAt?: number;
  readonly raw?: Record<string, unknown>;
  readonly images?: readonly (string | null)[];
  /** Hashtags beside those in the text. */
  readonly tags?: readonly string[];
}

const epochMs = 1_288_834_974_657n;

/** The posts and people of a small X. */
export function openStore(clock: Pick<Clock, 'now'>, indexLagMs: number) {
  const users: FakeUser[] = [];
  const tweets = new Map<string, FakeTweet>();
  const gone = new Set<string>();
  const listeners = new Set<(tweet: FakeTweet) => void>();
  let serial = 0n;

  const newId = (time: number) => String(((BigInt(time) - epochMs) << 22n) + (serial++ % 4_194_304n));

  function addUser(username: string, fields: Partial<FakeUser> = {}): FakeUser {
    const user = {
      id: String(1_000_000 + users.length),
      username,
      name: `${username} of the test`,
      createdAt: Date.UTC(2015, 0, 1),
      protected: false,
      blocksBot: false,
      ...fields,
    };
    users.push(user);
    return user;
  }

  const bot = addUser('pilcrowbot');
  const ada = addUser('ada');

  function put(text: string, fields: NewTweet, chain: string[], createdAt: number): FakeTweet {
    const at = fields.createdAt ?? clock.now();
    const id = fields.id ?? newId(at);
    chain.push(id);
    const { author = ada, replyTo, quotes, retweets } = fields;
    const written = quotes === undefined ? text : `${text} https://x.com/${quotes.author.username}/status/${quotes.id}`;
    const shortened = twitter.extractUrlsWithIndices(written).map(({ url, indices: [start, end] }, i) => ({
      short: `https://t.co/${(BigInt(id) + BigInt(i)).toString(36).slice(-10)}`,
      expanded: /^https?:/i.test(url) ? url : `http://${url}`,
      start,
      end,
    }));
    const tweet: FakeTweet = {
      id,
      author,
      text: written,
      createdAt,
      indexedAt: fields.indexedAt ?? at + indexLagMs,
      replySettings: fields.replySettings ?? 'everyone',
      lang: fields.lang ?? 'en',
      conversation: replyTo?.conversation ?? chain[0] ?? id,
      references: [
        ...(replyTo ? [{ type: 'replied_to', id: replyTo.id }] : []),
        ...(quotes ? [{ type: 'quoted', id: quotes.id }] : []),
        ...(retweets ? [{ type: 'retweeted', id: retweets.id }] : []),
      ],
      images: fields.images ?? [],
      hashtags: [...twitter.extractHashtags(written), ...(fields.tags ?? [])],
      mentions: twitter
        .extractMentions(written)
        .flatMap((name) => users.filter(({ username }) => username.toLowerCase() === name.toLowerCase())),
      urls: shortened,
      ...(fields.raw && { raw: fields.raw }),
      chain,
    };
    tweets.set(id, tweet);
    for (const listener of listeners) listener(tweet);
    return tweet;
  }

  return {
    bot,
    ada,
    users,
    addUser,
    listeners,
    write: (text: string, fields: NewTweet = {}) => put(text, fields, [], fields.createdAt ?? clock.now()),
    edit(tweet: FakeTweet, text: string): FakeTweet {
      const { author, replySettings, chain, createdAt, references, images } = tweet;
      const replyTo = tweets.get(references.find(({ type }) => type === 'replied_to')?.id ?? '');
      return put(text, { author, replySettings, images, ...(replyTo && { replyTo }) }, chain, createdAt);
    },
    /** With all its versions. */
    remove: ({ chain }: FakeTweet) => chain.forEach((id) => gone.add(id)),
    /** A version that is still there. */
    find: (id: string) => (gone.has(id) ? undefined : tweets.get(id)),
    /** The newest versions of what is there and known to the index, the newest first. */
    latest(): FakeTweet[] {
      const there = [...tweets.values()].filter(
        ({ id, chain, indexedAt, author }) =>
          !gone.has(id) && chain.at(-1) === id && indexedAt <= clock.now() && !author.protected,
      );
      return there.toSorted((a, b) => compare(b.id, a.id));
    },
  };
}

export type Store = ReturnType<typeof openStore>;

export function compare(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : Number(difference > 0n);
}
