import type { KnownSelves } from './selves.ts';

export interface Memory {
  readonly selves: KnownSelves;
  /** Which post a server means by its own id: all that it says of a deletion. */
  note(server: string, statusId: string, uri: string): void;
  uriOf(server: string, statusId: string): string | undefined;
}

const remembered = 20_000;
const memories = new WeakMap<object, Memory>();

/** One for the feed and the stream of the same configuration. */
export function memoryOf(config: object): Memory {
  const memory = memories.get(config) ?? newMemory();
  memories.set(config, memory);
  return memory;
}

function newMemory(): Memory {
  const uris = new Map<string, string>();
  return {
    selves: new Map(),
    note(server, statusId, uri) {
      uris.set(`${server} ${statusId}`, uri);
      if (uris.size <= remembered) return;
      for (const oldest of uris.keys()) {
        uris.delete(oldest);
        return;
      }
    },
    uriOf: (server, statusId) => uris.get(`${server} ${statusId}`),
  };
}
