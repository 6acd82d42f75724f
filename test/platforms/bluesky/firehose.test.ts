import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../../src/core/clock.ts';
import { listenToFirehose } from '../../../src/platforms/bluesky/firehose.ts';

test('the stream ends when a relay closes the connection normally', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => socket.close(1000));
  const { signal } = new AbortController();

  const host = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const mayMatter = () => true;
  const received: unknown[] = [];
  for await (const batch of listenToFirehose(host, undefined, {
    signal,
    silenceMs: 3_600_000,
    beginUs: 0,
    clock: systemClock,
    mayMatter,
  }))
    received.push(batch);
  expect(received).toEqual([]);
  server.close();
});
