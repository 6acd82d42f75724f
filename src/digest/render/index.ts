import type { Digest, DigestFormat } from '../../core/digest.ts';
import { feed, type Home } from './feeds.ts';
import { html } from './html.ts';
import { markdown } from './markdown.ts';
import { text } from './text.ts';

interface Format {
  /** Name of the file. */
  readonly file: (date: string) => string;
  /** True: the file holds the latest editions, not one. */
  readonly many: boolean;
  readonly render: (editions: readonly Digest[], home: Home) => Promise<string>;
}

/** One line for each format. */
export const formats: Readonly<Record<DigestFormat, Format>> = {
  md: single('md', markdown),
  html: single('html', html),
  txt: single('txt', text),
  json: single('json', (digest) => `${JSON.stringify(digest, null, 2)}\n`),
  atom: { file: () => 'atom.xml', many: true, render: (editions, home) => feed('atom', editions, home) },
  rss: { file: () => 'rss.xml', many: true, render: (editions, home) => feed('rss', editions, home) },
  jsonfeed: { file: () => 'feed.json', many: true, render: (editions, home) => feed('jsonfeed', editions, home) },
};

function single(extension: string, render: (digest: Digest) => string | Promise<string>): Format {
  return {
    file: (date) => `${date}.${extension}`,
    many: false,
    async render([digest]) {
      if (digest === undefined) throw new Error('nothing to write');
      return await render(digest);
    },
  };
}
