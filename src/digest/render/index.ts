import type { Digest } from '../../core/digest.ts';

interface Format {
  /** Name of the file. */
  readonly file: (date: string) => string;
  /** True: the file holds the latest editions, not one. */
  readonly many: boolean;
  /** `home`: the address under which editions can be read, if any. */
  readonly render: (editions: readonly Digest[], home: string | undefined) => Promise<string>;
}

/** One line for each format. Renderers are loaded on demand: configuration and commands need only the names. */
export const formats = {
  md: single('md', async () => (await import('./markdown.ts')).markdown),
  html: single('html', async () => (await import('./html.ts')).html),
  txt: single('txt', async () => (await import('./text.ts')).text),
  json: single('json', async () => await Promise.resolve((digest) => `${JSON.stringify(digest, null, 2)}\n`)),
  atom: feed('atom.xml', async () => (await import('./feeds.ts')).atom),
  rss: feed('rss.xml', async () => (await import('./feeds.ts')).rss),
  jsonfeed: feed('feed.json', async () => (await import('./feeds.ts')).jsonFeed),
};

export type DigestFormat = keyof typeof formats;

export const digestFormats = Object.keys(formats) as DigestFormat[];

function single(extension: string, load: () => Promise<(digest: Digest) => string>): Format {
  const render = async (editions: readonly Digest[]) => editions.map(await load()).join('');
  return { file: (date) => `${date}.${extension}`, many: false, render };
}

function feed(name: string, load: () => Promise<(...args: Parameters<Format['render']>) => string>): Format {
  return { file: () => name, many: true, render: async (editions, home) => (await load())(editions, home) };
}
