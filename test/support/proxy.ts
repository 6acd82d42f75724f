import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What a bad network does with a connection. */
export type Weather = 'fair' | 'paused' | 'black hole';

/** Where a connection is cut: at the `nth` piece that the client sends from now on. */
export interface Cut {
  readonly nth: number;
  /** `before`: the piece is lost. `after`: it arrives, and what is answered is lost. */
  readonly when: 'before' | 'after';
  /** `reset`: the connection breaks, and all is fair again. `black hole`: nobody hears anything any more. */
  readonly how: 'reset' | 'black hole';
}

/** A TCP proxy before a server on 127.0.0.1, with the network's moods in the test's hands. */
export async function startProxy(port: number) {
  const pairs = new Set<readonly [Socket, Socket]>();
  let weather: Weather = 'fair';
  let swallowed = 0;
  let cut: (Cut & { seen: number; happened: boolean }) | undefined;
  /** Connections whose next answer breaks them. */
  const doomed = new Set<Socket>();

  const server = createServer((inside) => {
    const outside = connect(port, '127.0.0.1');
    const pair = [inside, outside] as const;
    pairs.add(pair);
    join(inside, outside, true);
    join(outside, inside, false);
    if (weather === 'paused') for (const socket of pair) socket.pause();
  });

  function join(from: Socket, to: Socket, isClient: boolean): void {
    from.on('data', (bytes) => {
      if (doomed.has(from)) {
        doomed.delete(from);
        swallowed += bytes.length;
        to.resetAndDestroy();
        from.destroy();
      } else if (weather === 'black hole') swallowed += bytes.length;
      else if (!isClient || !cuts(from, to, bytes)) to.write(bytes);
    });
    from.on('error', () => {});
    from.on('close', () => {
      for (const pair of pairs) if (pair.includes(from)) pairs.delete(pair);
      to.destroy();
    });
  }

  /** Whether this piece is where the cut is; then it has been dealt with. */
  function cuts(from: Socket, to: Socket, bytes: Buffer): boolean {
    if (cut === undefined || cut.happened || (cut.seen += 1) < cut.nth) return false;
    cut.happened = true;
    if (cut.when === 'after') to.write(bytes);
    if (cut.how === 'black hole') weather = 'black hole';
    else if (cut.when === 'after') doomed.add(to);
    else {
      from.resetAndDestroy();
      to.destroy();
    }
    return true;
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
    /** Arms a cut. Returns whether it has happened, when asked later. */
    cutAt(where: Cut): () => boolean {
      const armed = { ...where, seen: 0, happened: false };
      cut = armed;
      return () => armed.happened;
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
