import { setTimeout as delay } from 'node:timers/promises';
import type { RedisServer } from '../../servers/redis.ts';

/** A way in which a Redis fails, until it is made well again. */
export interface RedisCondition {
  begin(redis: RedisServer): Promise<unknown>;
  end(redis: RedisServer): Promise<unknown>;
  /** What `doctor` says of it. */
  readonly words: RegExp;
}

/** Each answer comes up to 1.5 s late: Redis stands still most of the time. */
function slowly(): Pick<RedisCondition, 'begin' | 'end'> {
  const over = new AbortController();
  let beating: Promise<void> | undefined;
  async function beat(redis: RedisServer): Promise<void> {
    for (; !over.signal.aborted; await delay(50)) {
      redis.freeze();
      await delay(1500);
      redis.thaw();
    }
  }
  return {
    begin: (redis) => Promise.resolve(void (beating = beat(redis))),
    end: async () => {
      over.abort();
      await beating;
    },
  };
}

export const redisConditions = {
  dead: { begin: (redis) => redis.stop(), end: (redis) => redis.start(), words: /cannot be reached: .*ECONNREFUSED/ },
  full: {
    begin: (redis) => redis.send('CONFIG', 'SET', 'maxmemory', '1'),
    end: (redis) => redis.send('CONFIG', 'SET', 'maxmemory', '0'),
    words: /memory is full: raise its `maxmemory`/,
  },
  'read-only': {
    begin: (redis) => redis.send('REPLICAOF', '127.0.0.1', '1'),
    end: (redis) => redis.send('REPLICAOF', 'NO', 'ONE'),
    words: /it is a replica: `queue\.redis\.url` must name the primary/,
  },
  clustered: {
    async begin(redis) {
      await redis.stop();
      await redis.start('--cluster-enabled', 'yes');
    },
    async end(redis) {
      await redis.stop();
      await redis.start();
    },
    words: /it is a cluster, and BullMQ needs a Redis that is none/,
  },
  hanging: {
    begin: (redis) => Promise.resolve(redis.freeze()),
    end: (redis) => Promise.resolve(redis.thaw()),
    words: /cannot be reached: it does not answer/,
  },
  slow: { ...slowly(), words: /cannot be reached|does not arrive|no answer/ },
  'without permissions': {
    begin: (redis) => redis.send('ACL', 'SETUSER', 'default', 'resetkeys'),
    end: (redis) => redis.send('ACL', 'SETUSER', 'default', 'allkeys'),
    words: /its user may not do that: .*ACL SETUSER/,
  },
  'that may not be fetched from': {
    begin: (redis) => redis.send('ACL', 'SETUSER', 'default', '-bzpopmin'),
    end: (redis) => redis.send('ACL', 'SETUSER', 'default', '+bzpopmin'),
    words: /its user may not do that: .*ACL SETUSER/,
  },
} satisfies Readonly<Record<string, RedisCondition>>;

export type RedisConditionName = keyof typeof redisConditions;
