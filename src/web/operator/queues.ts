import { fileURLToPath } from 'node:url';
import { createBullBoard } from '@bull-board/api';
import type { IServerAdapter } from '@bull-board/api/typings/app';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import { type Context as HonoContext, Hono, type Next } from 'hono';
import { queuesToShow } from '../../app/open-queue.ts';
import type { Config } from '../../config/config.ts';

/** bull-board's page has inline styles and an inline configuration. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'self'",
].join('; ');

export interface Board extends Disposable {
  readonly app: Hono;
  /** Where the site mounts it. */
  readonly path: string;
}

const path = '/queues';

/** Its pages; in the package they are copies. */
const boardFiles = fileURLToPath(new URL('.', import.meta.resolve('@bull-board/ui/package.json')));

/** bull-board for the queues on Redis, read-only. Undefined without Redis. */
export async function openBoard(config: Config): Promise<Board | undefined> {
  const board = await queuesToShow(config);
  if (board === undefined) return undefined;
  const serverAdapter = new HonoAdapter(serveStatic);
  serverAdapter.setBasePath(path);
  const queues = board.queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true }));
  // The types of the adapter come from its own, older copy of the api.
  createBullBoard({
    queues,
    serverAdapter: serverAdapter as unknown as IServerAdapter,
    options: {
      uiBasePath: boardFiles,
      uiConfig: {
        boardTitle: 'Pilcrow: queue',
        boardLogo: { path: '/favicon.svg', width: 32, height: 32 },
        miscLinks: [{ text: 'Overview', url: '/' }],
      },
    },
  });
  const app = new Hono();
  app.use(readOnly);
  app.route('/', serverAdapter.registerPlugin());
  return { app, path, [Symbol.dispose]: board[Symbol.dispose] };
}

async function readOnly(c: HonoContext, next: Next): Promise<Response | undefined> {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return c.json({ error: 'this board is read-only' }, 403);
  await next();
  c.res.headers.set('Content-Security-Policy', policy);
  if (c.res.headers.get('Content-Type')?.startsWith('text/html') !== true) return undefined;
  // External fonts would disclose the visitor.
  const page = (await c.res.text()).replaceAll(/<link[^>]*https?:\/\/[^>]*>/g, '');
  c.res = new Response(page, c.res);
  return undefined;
}
