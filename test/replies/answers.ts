import { publishedId, referenceId } from '../../src/cables/ids/reference-id.ts';
import type { Link, Resolution } from '../../src/core/citation.ts';
import type { Post } from '../../src/core/post.ts';
import { loadTemplates, type Template } from '../../src/replies/templates.ts';
import { post as plainPost } from '../support/posts.ts';

export const page = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html';

export function post(changes: Partial<Post> = {}): Post {
  const author = { id: 'reader', handle: 'reader', name: null, bot: false };
  return plainPost({ id: '1', author, text: '', language: null, createdAt: 0, ...changes });
}

export function link(changes: Partial<Link> = {}): Link {
  return { target: 'viewer', url: page, paragraph: null, exact: true, near: null, why: null, ...changes };
}

/** The seed cable as a resolver gives it: ¶3 has no anchor of its own, all others have. */
export function seed(paragraphs: readonly number[], changes: Partial<Resolution> = {}): Resolution {
  const pinned = paragraphs.map((paragraph) =>
    paragraph === 3
      ? link({ paragraph, exact: false, near: 'par2', why: '#par3 leads into ¶20' })
      : link({ paragraph, url: `${page}#par${paragraph}` }),
  );
  const plusd = link({ target: 'plusd', url: 'https://wikileaks.org/plusd/cables/07ASTANA2244_a.html' });
  return {
    written: '07ASTANA2244',
    span: null,
    referenceId: referenceId('07ASTANA2244'),
    publishedId: publishedId('07ASTANA2244'),
    paragraphs,
    status: 'resolved',
    cable: {
      subject: null,
      created: '2007-08-19T23:55Z',
      classification: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY',
      origin: 'Embassy Astana',
    },
    links: [...(paragraphs.length === 0 ? [link()] : pinned), plusd],
    candidates: [],
    traits: { kind: 'hashtag', year: 2007, station: 'ASTANA', country: 'Kazakhstan', tags: ['PREL'], markings: [] },
    ...changes,
  };
}

export function other(id: string, changes: Partial<Resolution> = {}): Resolution {
  return seed([], {
    written: id,
    referenceId: referenceId(id),
    publishedId: publishedId(id),
    links: [link({ url: `https://wikileaks.org/cable/2008/01/${id}.html` })],
    ...changes,
  });
}

export function templateIn(folder: string, name: string): Template {
  const template = loadTemplates(folder).get(name);
  if (template === undefined) throw new Error(`no template ${name} in ${folder}`);
  return template;
}
