import { IdResolver } from '@atproto/identity';
import { Firehose } from '@atproto/sync';
import type { FakeJetstream } from './server.ts';

/** Feeds a fake Jetstream from a real firehose. `write` writes a post there, to find out when the firehose is connected. */
export async function feedFrom(
  service: string,
  fake: FakeJetstream,
  write: () => Promise<void>,
): Promise<AsyncDisposable> {
  const connected = new AbortController();
  const firehose = new Firehose({
    service,
    idResolver: new IdResolver(),
    unauthenticatedCommits: true,
    unauthenticatedHandles: true,
    excludeIdentity: true,
    handleEvent(event) {
      connected.abort();
      if (event.event === 'account')
        fake.emit({ did: event.did, kind: 'account', account: { active: event.active, status: event.status } });
      if (!('uri' in event)) return;
      const { event: operation, did, collection, rkey, rev } = event;
      const content =
        operation === 'delete' ? {} : { cid: event.cid.toString(), record: JSON.parse(JSON.stringify(event.record)) };
      fake.emit({ did, kind: 'commit', commit: { operation, collection, rkey, rev, ...content } });
    },
    onError() {},
  });
  void firehose.start();
  while (!connected.signal.aborted) await write();
  return { [Symbol.asyncDispose]: () => firehose.destroy() };
}
