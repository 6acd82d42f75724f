import type { IncomingMessage, ServerResponse } from 'node:http';
import { appendFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { BotEvent } from '../../src/core/event.ts';
import { timeouts } from '../../src/core/timeouts.ts';
import { recordLinks } from '../../src/ledger/links/link-checks.ts';
import type { LinkRow } from '../../src/ledger/db/schema.ts';
import { openGuardedFetch } from '../../src/net/guarded-fetch.ts';
import { openLinkProbe } from '../../src/net/link-probe.ts';
import { drain } from '../../workers/index.ts';
import { testClock } from './clock.ts';
import { serve } from './serve.ts';
import { tempDir } from './temp.ts';
import { writeWorkplace } from './workplace.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers with a status and nothing else. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(code, headers).end();

/** A site with these pages and no others; what it was asked, and when by the bot's clock. */
export async function openSite(pages: Record<string, Answer>, clock: Pick<Clock, 'now'> = { now: () => 0 }) {
  const asked: { readonly what: string; readonly at: number }[] = [];
  let open = 0;
  let mostOpen = 0;
  const server = await serve((request, response) => {
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    response.once('close', () => (open -= 1));
    asked.push({ what: `${request.method} ${request.url}`, at: clock.now() });
    (pages[request.url ?? ''] ?? status(404))(request, response);
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return {
    ...server,
    asked,
    log: () => asked.map(({ what }) => what),
    mostOpen: () => mostOpen,
    page: (path: string) => new URL(path, server.url).href,
  };
}

export type Site = Awaited<ReturnType<typeof openSite>>;

/** The real bot, looking at sites of the test under a clock of the test's. `named` gives sites the names of real ones. */
export async function openLinkBot(
  options: {
    links?: string;
    sites?: readonly Site[];
    named?: Record<string, Site>;
    clock?: ReturnType<typeof testClock>;
    requestMs?: number;
  } = {},
) {
  const { links = '{ check: { enabled: true } }', sites = [], named = {}, clock = testClock(), requestMs } = options;
  const dir = await tempDir();
  const file = writeWorkplace(dir, []);
  const allowed = [...sites, ...Object.values(named)].map(({ allow }) => allow);
  appendFileSync(file, `links: ${links}\nnetwork: { allowPrivate: ${JSON.stringify(allowed)} }\n`);
  const events: BotEvent[] = [];
  const [stopping, hurry] = [new AbortController(), new AbortController()];
  const config = readConfig({ config: file });
  const opened = await openApp(config, {
    emit: (event) => events.push(event),
    stopping: stopping.signal,
    hurry: hurry.signal,
    queue: 'none',
    clock,
    timeouts: { ...timeouts, ...(requestMs !== undefined && { requestMs }) },
  });
  onTestFinished(() => opened[Symbol.asyncDispose]());
  const app: App = Object.keys(named).length === 0 ? opened : { ...opened, linkProbe: lookerAt(named, allowed) };
  const work = () => drain(app);
  return {
    app,
    clock,
    events,
    hurry,
    work,
    note: (...urls: string[]) =>
      app.ledger.transact((tx) =>
        recordLinks(
          tx,
          urls.map((url) => ({ url, host: new URL(url).host, wanted: null, at: clock.now() })),
        ),
      ),
    /** Works `times` times, with a pause that any site is content with between. */
    turns: async (times: number, pauseMs = 15_000) => {
      for (let i = 0; i < times; i += 1) {
        await work();
        clock.advance(pauseMs);
      }
    },
    row: async (url: string): Promise<LinkRow> =>
      await app.ledger.db.selectFrom('link_checks').selectAll().where('url', '=', url).executeTakeFirstOrThrow(),
    write: (...lines: readonly object[]) => {
      for (const line of lines) appendFileSync(`${dir}/posts.jsonl`, `${JSON.stringify(line)}\n`);
    },
    config: file,
  };
}

/** Asks a site of the test in the place of the one that has the name, through the same guard; all others are not there. */
function lookerAt(named: Record<string, Site>, allowPrivate: readonly string[]) {
  const guard = openGuardedFetch({ userAgent: 'Pilcrow/0.1 (test)', allowPrivate });
  onTestFinished(() => guard[Symbol.asyncDispose]());
  return openLinkProbe({
    userAgent: 'Pilcrow/0.1 (test)',
    now: Date.now,
    fetch: async (url, request) => {
      const { origin, host, pathname, search } = new URL(url);
      const site = named[host];
      if (site === undefined) throw new Error(`${host} is not there`);
      const fetched = await guard(new URL(pathname + search, site.url).href, request);
      return { ...fetched, url: fetched.url.replace(new URL(site.url).origin, origin) };
    },
  });
}
