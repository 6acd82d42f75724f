import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';

// A thread of its own: on a large ledger this takes seconds, in which the bot goes on.
const database = new DatabaseSync(z.string().parse(workerData), { timeout: 10_000 });
// Rewrites all pages: pages that were rebuilt keep remnants of moved rows, which `secure_delete` does not overwrite.
database.exec('pragma secure_delete = on; vacuum');
const { busy } = z.object({ busy: z.number() }).parse(database.prepare('pragma wal_checkpoint(truncate)').get());
database.close();
parentPort?.postMessage(busy === 0, []);
