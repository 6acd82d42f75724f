import { resolve } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { driver } from '../../../src/platforms/log/driver.ts';

/** Publishes until it is killed or fails: see log.test.ts. */
const [folder = '.', path = 'replies.jsonl'] = process.argv.slice(2);
const signal = new AbortController().signal;
const context = {
  clock: systemClock,
  fetch: () => Promise.reject(new Error('no network here')),
  notices: { warn: () => {} },
  shared: false,
  configDir: folder,
  dataDir: folder,
};
await using publisher = await driver.openPublisher!({ path: resolve(folder, path) }, context);
for (let serial = Number(process.env['FIRST'] ?? 0); ; serial++) {
  const key = `w${serial}`;
  const replyTo = { key, platform: 'file', id: key, url: null, author: 'ada', thread: key };
  const payload = { key, text: key, language: null, createdAt: serial, idempotencyKey: key, replyTo };
  try {
    await publisher.publish(payload, signal);
    process.stdout.write(`${key}\n`);
  } catch (error) {
    process.stdout.write(error instanceof Error && error.name !== 'Error' ? `${error.name}\n` : `${String(error)}\n`);
    break;
  }
}
