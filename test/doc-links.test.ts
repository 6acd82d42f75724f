import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pages } from './support/snippets.ts';

const root = new URL('..', import.meta.url).pathname;
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const markdown = [...pages, 'CHANGELOG.md', '.github/pull_request_template.md'];
const sources = globSync(
  [
    '{src,workers,bin,bench,prove,test,deploy}/**/*.{ts,js,yaml,service}',
    'config/**/*.{yaml,liquid}',
    '.ci/*',
    '*.yaml',
  ],
  { cwd: root, exclude: ['**/node_modules/**', 'test/{rules/older,data}/**', 'test/doc-links.test.ts'] },
);

/** Without its fenced blocks; they stay as empty lines. */
const prose = (text: string) => text.replaceAll(/^( *)```[^]*?^\1```$/gm, '');
const withoutCode = (text: string) => prose(text).replaceAll(/`[^`\n]*`/g, '');

/** Anchors of the headings, as GitHub makes them: the second of the same words ends with -1. */
function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...prose(text).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)].map(([, heading = '']) => {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

/** What is wrong with a link within the checkout, if anything. */
function faultOf(from: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : normalize(join(dirname(from), path));
  if (file.startsWith('..') || !existsSync(join(root, file))) return `${from}: there is no ${target}`;
  if (anchor === undefined || (file.endsWith('.md') && anchorsOf(read(file)).includes(anchor))) return undefined;
  return `${from}: there is no heading ${target}`;
}

const isDefined = (fault: string | undefined) => fault !== undefined;

test('anchors are those of GitHub', () => {
  const text = '# Äpfel & `code`, _3_\n```\n# none\n```\n## The [log](log.md)\n## The log ##\n';
  expect(anchorsOf(text)).toEqual(['äpfel--code-_3_', 'the-log', 'the-log-1']);
});

test.each(markdown)('the links of %s lead to files and headings that are there', (page) => {
  const text = withoutCode(read(page));
  const inline = [...text.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)|\b(?:href|src)="([^"]+)"/g)];
  const targets = inline.map(([, one, other]) => one ?? other ?? '').filter((target) => !/^[a-z]+:/.test(target));
  expect(targets.map((target) => faultOf(page, target)).filter(isDefined)).toEqual([]);
});

test('the pages that help, messages, comments and code name are there', () => {
  const named = (file: string) => read(file).matchAll(/(?<![\w./-])(?:docs\/[\w/-]+|[A-Z]{5,})\.md(?:#[\w-]+)?/g);
  const links = [...markdown, ...sources].flatMap((file) =>
    Array.from(named(file), ([target]) => [file, target] as const),
  );
  expect(links.length).toBeGreaterThan(50);
  const faults = links.map(([file, target]) => {
    const fault = faultOf('README.md', target);
    return fault === undefined ? undefined : `${file}: ${target}`;
  });
  expect(faults.filter(isDefined)).toEqual([]);
});

describe('addresses of others', () => {
  const ours = sources.filter((file) => !/^(?:test|prove|bench)\//.test(file));
  const written = [...markdown, ...ours].flatMap((file) => {
    const text = read(file).replaceAll(/\$\{[^}]*\}?/g, 'X');
    return Array.from(text.matchAll(/https?:\/\/[^\][\s"'`<>(){}|\\,;…]*[\w/]/g), ([url]) => ({ file, url }));
  });
  // NAME and the like are for the reader to fill in; w3.org/2000/svg is a name and no address.
  const blank = /^https?:\/\/(?:[^/]*@)?[A-Z]+(?:[:./]|$)/;
  const here =
    /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]|(?:[a-z0-9-]+\.)*example\.(?:com|net|org)|[a-z0-9.-]+\.(?:example|invalid)|user:password@host)(?:[:/]|$)/;
  const outside = written.filter(({ url }) => !blank.test(url) && !here.test(url) && !url.includes('w3.org/2000/svg'));

  test('are https, and of hosts that have a name', () => {
    const wrong = outside.filter(({ url }) => {
      const { protocol, hostname } = new URL(url);
      return protocol !== 'https:' || !/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/.test(hostname) || madeUp.test(hostname);
    });
    expect(outside.length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });

  test('are spelled in one way each', () => {
    const spellings = new Map<string, Set<string>>();
    for (const { url } of outside) {
      const key = url
        .toLowerCase()
        .replace(/^https:\/\/(?:www\.)?/, '')
        .replace(/\/$/, '');
      spellings.set(key, (spellings.get(key) ?? new Set()).add(url));
    }
    expect([...spellings.values()].filter((all) => all.size > 1).map((all) => [...all])).toEqual([]);
  });
});

/** Names for examples that somebody may own: `.example` and example.org are nobody's (RFC 2606). */
const madeUp = /(?:^|\.)(?:foo|bar|your-?\w*|my-?\w*|test|domain|server|site)\.(?:com|org|net|io|social)$/;
