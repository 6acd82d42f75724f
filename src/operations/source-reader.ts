import { Parser } from 'htmlparser2';
import { answerTasks } from '../core/thread.ts';
import { cableIn, type LinkTarget, maxNameLength, nameIn, type ReadSource, type SourcePage } from './source-page.ts';

/** Deeper nesting makes the parser slow, and no real page has it. */
const maxDepth = 500;

// A thread that reads external pages: a megabyte of links takes a while.
answerTasks(readSource);

/** Time grows linearly with length; depth is bounded. */
function readSource({ html, url, target }: SourcePage): ReadSource {
  let [title, site, links, depth, inTitle] = ['', '', false, 0, false];
  const parser = new Parser({
    onopentag(name, attributes) {
      if (++depth > maxDepth) return parser.reset();
      if (name === 'title' && title === '') inTitle = true;
      if (name === 'meta' && attributes['property'] === 'og:site_name') site = attributes['content'] ?? '';
      if ((name === 'a' || name === 'area') && leadsTo(attributes['href'], url, target)) links = true;
    },
    ontext(text) {
      if (inTitle && title.length < maxNameLength) title += text;
    },
    onclosetag(name) {
      depth -= 1;
      if (name === 'title') inTitle = false;
    },
  });
  parser.end(html);
  return { title: nameIn(title), site: nameIn(site), links };
}

/** Accepts any written form of the ID, with or without a paragraph. */
function leadsTo(href: string | undefined, base: string, { cable, page }: LinkTarget): boolean {
  const url = href === undefined ? null : URL.parse(href, base);
  return url !== null && url.origin === new URL(page).origin && cableIn(url) === cable;
}
