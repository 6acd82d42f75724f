import { type ChildProcess, fork } from 'node:child_process';
import { createServer, Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { messageOf } from '../core/errors.ts';
import type { BotEvent, Emit } from '../core/event.ts';
import { type Address, listenAt } from './address.ts';

/** What the page's process says to the bot: that it can let people in, an event for the bot's log and counts, or that there is work. */
type Message = 'ready' | 'nudge' | { readonly event: BotEvent };

interface Bot {
  readonly config: Config;
  readonly emit: Emit;
  readonly stopping: AbortSignal;
  /** There is work for the workers of this process. */
  readonly nudge: () => void;
}

/** A process that ended is not started again sooner. */
const pauseMs = 2000;
/** For what it still answers when the bot ends. */
const graceMs = 5000;

/**
 * Listens where the page is to be, and starts its process when the first one asks: from then on that process has the address. So neither waits for
 * the other, and a page that nobody opens takes no memory. `command`: arguments of this program that make it the page's process, which takes the
 * address by `takeDoor`. If it ends, the next one who asks starts another. Errors: ConfigError; ListenError.
 */
export async function openDoor(
  command: readonly string[],
  { config, emit, stopping, nudge }: Bot,
): Promise<Address & AsyncDisposable> {
  const listen = config.web.listen ?? '127.0.0.1:0';
  const closing = new AbortController();
  const signal = AbortSignal.any([stopping, closing.signal]);
  const waiting: Socket[] = [];
  let page: Page | undefined;
  let door = openServer();
  const address = await listenAt(door, config, listen);

  function openServer(): Server {
    // What a visitor says is for the page's process to hear.
    return createServer({ pauseOnConnect: true }, (socket) => {
      waiting.push(socket);
      page ??= start();
      if (page.isReady()) letIn(page, waiting);
    });
  }

  function start(): Page {
    const ready = (started: Page): void => {
      // From here on the process accepts whoever comes.
      started.child.send('server', door, () => door.close());
      letIn(started, waiting);
    };
    const started = startPage(command, { emit, nudge, ready });
    void started.ended.then(over).catch((error: unknown) => report(messageOf(error)));
    return started;
  }

  async function over(why: string): Promise<void> {
    const hasDoor = page?.isReady() !== true;
    page = undefined;
    for (const socket of waiting.splice(0)) socket.destroy();
    if (signal.aborted) return;
    report(`the process of the page ended (${why}); the next request starts it`);
    await delay(pauseMs, undefined, { signal }).catch(() => {});
    if (signal.aborted || hasDoor) return;
    door = openServer();
    await listenAt(door, config, listen.replace(/\d+$/, String(address.port)));
  }

  const report = (message: string): void => emit({ kind: 'error', what: 'web', message });

  return {
    ...address,
    async [Symbol.asyncDispose]() {
      closing.abort();
      door.close();
      await page?.end();
    },
  };
}

function letIn({ child }: Page, sockets: Socket[]): void {
  for (const socket of sockets.splice(0)) child.send('socket', socket);
}

type Page = ReturnType<typeof startPage>;

interface Handlers extends Pick<Bot, 'emit' | 'nudge'> {
  /** It can let people in. */
  readonly ready: (page: Page) => void;
}

/** Starts the page's process. */
function startPage(command: readonly string[], { emit, nudge, ready }: Handlers) {
  const child = fork(process.argv[1] ?? '', command, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const ended = whenOver(child);
  let isReady = false;
  const page = {
    child,
    isReady: () => isReady,
    /** Resolves to the reason. */
    ended,
    async end(): Promise<void> {
      if (child.connected) child.disconnect();
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended.finally(() => clearTimeout(late));
    },
  };
  child.on('message', (message: Message) => {
    if (message === 'nudge') return nudge();
    if (message !== 'ready') return emit(message.event);
    isReady = true;
    ready(page);
  });
  return page;
}

/** Resolves to the reason: what it printed to standard error. Not at the event `close`, which never comes after `disconnect`. */
async function whenOver(child: ChildProcess): Promise<string> {
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-1000)));
  const read = new Promise<void>((resolve) => child.stderr?.once('close', resolve));
  const why = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(messageOf(error)));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  await read;
  return printed.trim() || why;
}

/** The bot, in the process of the page. */
export const botOfPage = {
  emit: (event: BotEvent) => say({ event }),
  nudge: () => say('nudge'),
};

function say(message: Message): void {
  if (process.connected) process.send?.(message, () => {});
}

/** The address, in the process of the page. */
export interface Door {
  /** It listens already. */
  readonly server: Server;
  /** From now on `accept` gets those who came before, and those whom the bot still lets in. */
  readonly open: (accept: (socket: Socket) => void) => void;
  /** Resolves when the bot ends. */
  readonly closed: Promise<void>;
}

/** Takes the address from the bot that started this process. */
export async function takeDoor(): Promise<Door> {
  const early: Socket[] = [];
  let accept = (socket: Socket): unknown => early.push(socket);
  const closed = new Promise<void>((resolve) => process.once('disconnect', () => resolve()));
  say('ready');
  const server = await new Promise<Server>((resolve) => {
    process.on('message', (_name, handle) => {
      if (handle instanceof Socket) accept(handle);
      if (handle instanceof Server) resolve(handle.on('connection', (socket) => accept(socket)));
    });
  });
  return {
    server,
    open(next) {
      accept = next;
      for (const socket of early.splice(0)) accept(socket);
    },
    closed,
  };
}
