import { createBullBoard } from '@bull-board/api';
import type { IServerAdapter } from '@bull-board/api/typings/app';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import { type Context as HonoContext, Hono, type Next } from 'hono';
import { queuesToShow } from '../../app/open-queue.ts';
import type { Config } from '../../config/config.ts';
import { boardPath } from './board-path.ts';

/** Its page has styles and a configuration within it. */
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
}

/** bull-board over the bells on Redis, to look at only: what is rung is in the ledger anyway. Undefined without a Redis. */
export async function openBoard(config: Config): Promise<Board | undefined> {
  const board = await queuesToShow(config);
  if (board === undefined) return undefined;
  const serverAdapter = new HonoAdapter(serveStatic);
  serverAdapter.setBasePath(boardPath);
  const queues = board.queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true }));
  // The adapter is typed by a copy of the api that it brings along, a patch older.
  createBullBoard({
    queues,
    serverAdapter: serverAdapter as unknown as IServerAdapter,
    options: { uiConfig: { boardTitle: 'Pilcrow: bells', boardLogo: { path: '/favicon.svg' } } },
  });
  const app = new Hono();
  app.use(lookOnly);
  app.route('/', serverAdapter.registerPlugin());
  return { app, [Symbol.dispose]: board[Symbol.dispose] };
}

async function lookOnly(c: HonoContext, next: Next): Promise<Response | undefined> {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return c.json({ error: 'this board is to look at only' }, 403);
  await next();
  c.res.headers.set('Content-Security-Policy', policy);
  if (c.res.headers.get('Content-Type')?.startsWith('text/html') !== true) return undefined;
  // Fonts from elsewhere would tell others who looks.
  const page = (await c.res.text()).replaceAll(/<link[^>]*https?:\/\/[^>]*>/g, '');
  c.res = new Response(page, c.res);
  return undefined;
}
