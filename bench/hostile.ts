import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { importCorpus } from '../src/cables/corpus/import/import-corpus.ts';
import { writeDump } from '../test/support/corpus/dump.ts';
import { madeCorpus, type MadeCorpus } from '../test/support/corpus/generate.ts';
import { withTypos } from '../test/support/corpus/quotations.ts';
import { seeded } from '../test/support/make-posts.ts';
import { serve } from '../test/support/serve.ts';
import { configuration, pilcrow } from '../test/support/workplace.ts';
import { freePort } from '../test/servers/free-port.ts';
import type { Bench, Figure } from './figure.ts';

const cables = Number(process.env['CABLES'] ?? 8000);
const probeEveryMs = 25;
/** After a case: what it caused has come to its end, a document at the deadline included. */
const settleMs = 7000;

/** The longest stall of a bot's event loop, and the slowest answer of /healthz, while strangers do their worst. */
export const bench: Bench = {
  async run() {
    const dir = mkdtempSync(join(tmpdir(), 'pilcrow-hostile-'));
    const made = madeCorpus({ count: cables, seed: 20101128 });
    const documents = new Map<string, string>();
    const server = await serve((request, response) => response.end(documents.get(request.url ?? '') ?? feed('')));
    try {
      await writeDump(join(dir, 'cables.csv'), made);
      await importCorpus(join(dir, 'data', 'corpus.db'), [join(dir, 'cables.csv')], {
        signal: new AbortController().signal,
      });
      await using bot = await start(dir, server);
      const query = encodeURIComponent(quotationOf(made, 0, 290));
      const cases: readonly (readonly [string, () => Promise<unknown>])[] = [
        ['nothing', async () => {}],
        ['a post of 15 KB, ten quotations', async () => bot.post(tenQuotations(made))],
        ['a post of 64 KB, “cable 2244 from”', async () => bot.post('cable 2244 from '.repeat(4000))],
        ['a search', () => bot.search(query, 1)],
        ['12 searches at once', () => bot.search(query, 12)],
        ...[...items].map(([name, text], at) => {
          return [name, async () => documents.set(`/${at}`, feed(text))] as const;
        }),
      ];
      const figures: Figure[] = [];
      for (const [name, cause] of cases) {
        process.stderr.write(`  hostile: ${name}\n`);
        figures.push(...(await bot.during(name, cause)));
      }
      return figures;
    } finally {
      await server[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

/** Texts of about `length` letters that repeat a piece: titles and contents of items. */
const items = new Map(
  [128 * 1024, 1024 * 1024].flatMap((length) => {
    const size = `RSS, ${length / 1024} KB of`;
    const times = (piece: string) => piece.repeat(length / piece.length);
    return [
      [`${size} <`, `<title>#cablegate "${times('<')}"</title>`],
      [`${size} quotation marks`, `<title>a</title><description>${times('"')}</description>`],
      [`${size} entities`, `<title>b</title><description>${times('&amp;lt;')}</description>`],
      [`${size} tags`, `<title>c</title><description><![CDATA[${times('<a href=x>')}]]></description>`],
      [`${size} categories`, `<title>e</title>${times('<category>07ASTNA2244</category>')}`],
      [`${size} mixed`, `<title>d</title><description><![CDATA[${times(`"'&quot;<b x="<">`)}]]></description>`],
    ] as const;
  }),
);

function feed(item: string): string {
  const dated = item && `<item>${item}<pubDate>${new Date().toUTCString()}</pubDate></item>`;
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>${dated}</channel></rss>`;
}

/** Words of made cables up to so many letters, in another order and some of them misspelt: similar to much, found nowhere. */
function quotationOf(made: MadeCorpus, at: number, length: number): string {
  const random = seeded(at);
  const common = 'of the to and in that for on is with as by he are be was at would this not which have from'.split(
    ' ',
  );
  const words = made.cable(at).paragraphs.join(' ').split(/\s+/).toReversed();
  const mixed = words.flatMap((word) => [word, common[Math.floor(random() * common.length)] ?? '']).join(' ');
  return withTypos(mixed.slice(0, length).replaceAll('"', ''), 3, random);
}

function tenQuotations(made: MadeCorpus): string {
  return `#cablegate ${Array.from({ length: 10 }, (_, at) => `“${quotationOf(made, at, 1490)}”`).join('\n')}`;
}

async function start(dir: string, server: { readonly port: number; readonly url: string }) {
  const [web, observe] = [await freePort(), await freePort()];
  const sources = [...items.keys()].map(
    (_, at) => `  - { name: feed-${at}, platform: rss, url: "${server.url}${at}", every: 2s, onTopic: true }`,
  );
  const file = `  - { name: posts, platform: file, every: 1s, maxAge: null, paths: [posts.jsonl], onTopic: true }`;
  const more = `network: { allowPrivate: ["127.0.0.1:${server.port}"] }
observe: { listen: "127.0.0.1:${observe}" }
web: { listen: "127.0.0.1:${web}", cables: public }
`;
  writeFileSync(join(dir, 'posts.jsonl'), '');
  writeFileSync(join(dir, 'pilcrow.yaml'), configuration([file, ...sources], more));
  const stalls = join(dir, 'stalls');
  const bot = pilcrow(['run', '--config', join(dir, 'pilcrow.yaml')], {
    env: { NODE_OPTIONS: `--import=${new URL('hostile/stalls.ts', import.meta.url).href}`, PILCROW_STALLS: stalls },
  });
  const health = `http://127.0.0.1:${observe}/healthz`;
  while (
    !(await fetch(health).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (bot.child.exitCode !== null) throw new Error(`the bot does not start: ${bot.err}`);
    await delay(50);
  }
  await delay(settleMs);
  let posts = 0;

  async function longestStall(): Promise<{ ms: number; cpuMs: number }> {
    rmSync(stalls, { force: true });
    bot.child.kill('SIGUSR2');
    for (;;) {
      const written = readIfThere(stalls);
      if (written.endsWith('\n')) {
        const [ms = 0, cpuMs = 0] = written.split(' ').map(Number);
        return { ms, cpuMs };
      }
      if (bot.child.exitCode !== null) throw new Error(`the bot has ended: ${bot.err}`);
      await delay(10);
    }
  }

  return {
    post(text: string): void {
      posts += 1;
      appendFileSync(join(dir, 'posts.jsonl'), `${JSON.stringify({ id: String(posts), text })}\n`);
    },
    async search(query: string, count: number): Promise<void> {
      const asked = Array.from({ length: count }, () => fetch(`http://127.0.0.1:${web}/cables?q=${query}`));
      for (const { status } of await Promise.all(asked))
        if (status !== 200) throw new Error(`a search answers ${status}`);
    },
    /** What happens to the loop and to /healthz while something is caused and comes to its end. */
    async during(name: string, cause: () => Promise<unknown>): Promise<Figure[]> {
      await longestStall();
      const probes = new AbortController();
      const probing = slowestAnswerMs(health, probes.signal);
      await cause();
      await delay(settleMs);
      probes.abort();
      const [stall, healthMs] = [await longestStall(), await probing];
      const load = `load ${loadavg()[0]?.toFixed(1)}`;
      return [
        {
          name: `${name}: longest stall`,
          measured: `${stall.ms.toFixed(0)} ms, ${stall.cpuMs.toFixed(0)} ms of CPU, ${load}`,
          value: stall.ms,
          target: '<= 50 ms',
          met: stall.ms <= 50,
        },
        {
          name: `${name}: /healthz`,
          measured: `${healthMs.toFixed(0)} ms at most`,
          value: healthMs,
          target: '<= 250 ms',
          met: healthMs <= 250,
        },
      ];
    },
    async [Symbol.asyncDispose]() {
      bot.child.kill('SIGTERM');
      await bot.exited;
    },
  };
}

async function slowestAnswerMs(url: string, signal: AbortSignal): Promise<number> {
  let slowest = 0;
  while (!signal.aborted) {
    const began = performance.now();
    await (await fetch(url)).text();
    slowest = Math.max(slowest, performance.now() - began);
    await delay(probeEveryMs);
  }
  return slowest;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
