import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

// Asks for pages as readers do, one after the other, from the line `go` until the line `stop`; then it says how many came.
// In a process of its own that gives way to all others: readers are not where the bot is.
setPriority(constants.priority.PRIORITY_LOW);
const [origin = '', every = ''] = process.argv.slice(2);
const paths = ['/cable/07ASTANA2244', '/cables', '/cable/07ASTANA2244.json', '/cable/07ASTANA2244/mentions.atom'];
let reading = new AbortController();

for await (const line of createInterface({ input: process.stdin })) {
  reading.abort();
  if (line !== 'go') continue;
  reading = new AbortController();
  void read(reading.signal);
}

async function read(signal: AbortSignal): Promise<void> {
  let came = 0;
  while (!signal.aborted) {
    const response = await fetch(`${origin}${paths[came % paths.length]}`);
    if (!response.ok) throw new Error(`${response.status} ${response.url}`);
    await response.arrayBuffer();
    came += 1;
    await delay(Number(every));
  }
  process.stdout.write(`${came}\n`);
}
