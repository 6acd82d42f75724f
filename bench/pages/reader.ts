import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

// Asks for pages as people do, one after the other, from the line `go` until the line `stop`; then it says how long each took.
// In a process of its own: readers are not where the bot is. Arguments: the address that opens the page, the pause after each, the paths.
const [entry = '', pauseMs = '', ...paths] = process.argv.slice(2);
const inside = await fetch(entry, { redirect: 'manual' });
const cookie = inside.headers
  .getSetCookie()
  .map((line) => line.split(';')[0])
  .join('; ');
let asked = 0;
let reading = new AbortController();

for await (const line of createInterface({ input: process.stdin })) {
  reading.abort();
  if (line !== 'go') continue;
  reading = new AbortController();
  void read(reading.signal);
}

async function read(signal: AbortSignal): Promise<void> {
  const took: { path: string; ms: number }[] = [];
  while (!signal.aborted) {
    const path = paths[asked % paths.length] ?? '';
    asked += 1;
    const began = performance.now();
    const response = await fetch(new URL(path, entry), { headers: { cookie } });
    await response.arrayBuffer();
    // One client may ask for feeds of mentions only so often.
    if (response.status === 429) continue;
    if (!response.ok) throw new Error(`${response.status} ${response.url}`);
    took.push({ path, ms: performance.now() - began });
    await delay(Number(pauseMs));
  }
  process.stdout.write(`${JSON.stringify(took)}\n`);
}
