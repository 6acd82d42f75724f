import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './actions.ts';
import { dealer } from './faults.ts';
import { newLimits } from './limits.ts';
import type { FakePlatformOptions, Fault } from './options.ts';
import type { Entry } from './record.ts';
import type { Call } from './routes.ts';

/** Serves calls one way or another: limits first, then what fate has dealt. */
export function callServer(options: FakePlatformOptions, write: (entry: Entry) => void, down: (ms: number) => void) {
  const { latencyMs = 0, showsAfterMs = 0, slowMs = 1000, downMs = 200, limitedMs = 300 } = options;
  const deal = dealer(options);
  const limits = newLimits(options.limit);

  return async ({ kind, key, act }: Call, response: ServerResponse, closing: AbortSignal): Promise<void> => {
    const call = { name: `${kind} ${key}`, line: response.socket };
    const note = (fault: Fault | null, status: number | null) =>
      write({ kind: 'call', at: Date.now(), call: kind, key, status, fault });
    const { until, breach } = limits.ask(call, performance.now());
    if (breach !== null) write({ kind: 'breach', at: Date.now(), of: breach, key });
    if (until !== null) {
      note(null, 429);
      return limited(response, until);
    }
    const { fault, random } = deal(kind, key);
    await delay(random() * latencyMs + (fault === 'slow' ? slowMs : 0), undefined, { signal: closing });
    if (fault === 'limited') {
      const again = performance.now() + limitedMs;
      limits.told(call, again);
      note(fault, 429);
      return limited(response, again);
    }
    if (fault === 'down') down(downMs);
    const status = befall(fault, response, () => act(random() * showsAfterMs));
    note(fault, status);
  };
}

function befall(fault: Fault | null, response: ServerResponse, act: () => Answer): number | null {
  if (fault === 'lost request' || fault === 'down') return broken(response);
  if (fault === '5xx before') return answered(response, { status: 503, body: { error: 'try later' } });
  const answer = act();
  if (fault === 'lost answer') return broken(response);
  if (fault === '5xx after') return answered(response, { status: 502, body: { error: 'bad gateway' } });
  if (fault === 'truncated') return truncated(response, answer);
  if (fault === 'wrong type') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Please wait</title>');
    return 200;
  }
  return answered(response, answer);
}

function answered(response: ServerResponse, { status, body }: Answer): number {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return status;
}

/** How long to wait, not until when: the clocks of two processes differ by tens of milliseconds if one of them was slow to start. */
function limited(response: ServerResponse, until: number): void {
  response.setHeader('x-ratelimit-reset-after', String(Math.max(0, until - performance.now()) / 1000));
  answered(response, { status: 429, body: { error: 'too many calls' } });
}

function broken(response: ServerResponse): null {
  response.destroy();
  return null;
}

function truncated(response: ServerResponse, { status, body }: Answer): number {
  const written = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(written.slice(0, written.length / 2));
  return status;
}
