import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What a bad network does with a connection. */
export type Weather = 'fair' | 'paused' | 'black hole';

/** A TCP proxy before a server on 127.0.0.1, with the network's moods in the test's hands. */
export async function startProxy(port: number) {
  const pairs = new Set<readonly [Socket, Socket]>();
  let weather: Weather = 'fair';
  let swallowed = 0;

  const server = createServer((inside) => {
    const outside = connect(port, '127.0.0.1');
    const pair = [inside, outside] as const;
    pairs.add(pair);
    join(inside, outside);
    join(outside, inside);
    if (weather === 'paused') for (const socket of pair) socket.pause();
  });

  function join(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (weather === 'black hole') swallowed += bytes.length;
      else to.write(bytes);
    });
    from.on('error', () => {});
    from.on('close', () => {
      for (const pair of pairs) if (pair.includes(from)) pairs.delete(pair);
      to.destroy();
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    /** Bytes that black holes have had so far. */
    swallowed: () => swallowed,
    /** `paused`: bytes wait and go on later. `black hole`: bytes are lost, those of new connections too. */
    become(next: Weather): void {
      weather = next;
      for (const socket of [...pairs].flat())
        if (next === 'paused') socket.pause();
        else socket.resume();
    },
    /** Every connection breaks, as a firewall or a reboot does it. Returns how many there were. */
    reset(): number {
      const broken = pairs.size;
      for (const [inside, outside] of pairs) {
        inside.resetAndDestroy();
        outside.destroy();
      }
      return broken;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of [...pairs].flat()) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
