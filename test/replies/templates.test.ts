import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, onTestFinished, vi } from 'vitest';
import { ConfigError, PermanentError } from '../../src/core/errors.ts';
import { compose } from '../../src/replies/compose.ts';
import { samples } from '../../src/replies/samples.ts';
import { loadTemplates, type Template, templateFor, templateNames } from '../../src/replies/templates.ts';
import { post, seed, templateIn } from './answers.ts';

const folder = mkdtempSync(join(tmpdir(), 'pilcrow-templates-'));
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});

function load(text: string): Template {
  writeFileSync(join(folder, 'a.liquid'), text);
  return templateIn(folder, 'a');
}

function findings(text: string): readonly string[] {
  try {
    load(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.findings.map((finding) => finding.replaceAll(`${folder}/`, ''));
    throw error;
  }
}

describe('a broken template is found at start, with file, line and column:', () => {
  test.each([
    ['a tag left open', 'x\n{% if more > 0 %}y', ['a.liquid:2:1: tag {% if more > 0 %} not closed']],
    ['an output left open', 'x {{ more', ['a.liquid:1:3: output "{{ more" not closed']],
    ['an unknown tag', '{% fi %}', ['a.liquid:1:1: tag "fi" not found']],
    ['an unknown filter', '\n {{ bot | shout }}', ['a.liquid:2:2: undefined filter: shout']],
    ['an unknown value', 'x\n{{ cabels }}', ['a.liquid:2:4: undefined variable: cabels']],
    [
      'an unknown key of a cable',
      '{% for cable in cables %}\n  {{ cable.titel }}{% endfor %}',
      ['a.liquid:2:6: undefined variable: cable.titel'],
    ],
    [
      'an unknown key that only some answers come to',
      '{% for cable in cables %}{% if cable.status == "ambiguous" %}{{ cable.x }}{% endif %}{% endfor %}',
      ['a.liquid:1:65: undefined variable: cable.x'],
    ],
  ])('%s', (_, text, expected) => expect(findings(text)).toEqual(expected));

  test('all templates at once', () => {
    writeFileSync(join(folder, 'b.liquid'), '{{ x }}');
    writeFileSync(join(folder, 'c.txt'), '{{ x }}');
    expect(findings('{{ y }}')).toEqual(['a.liquid:1:4: undefined variable: y', 'b.liquid:1:4: undefined variable: x']);
  });

  test('a folder that is not there', () => {
    expect(() => loadTemplates(join(folder, 'none'))).toThrow('none:1:1: the folder of templates cannot be read');
  });

  test('one that is too large', () => {
    expect(findings('x'.repeat(70_000))).toEqual(['a.liquid:1:1: the template is larger than 64 KB']);
  });
});

describe('a hostile template', () => {
  test.each([
    'include "/etc/passwd"',
    'render "/etc/passwd"',
    'layout "/etc/passwd"',
    'block x',
    'raw',
    'liquid',
    'tablerow x in cables',
  ])('has no tag {%% %s %%}', (tag) => expect(findings(`{% ${tag} %}`).join()).toMatch(/tag "\w+" not found/));

  test.each(['raw', 'date', 'json', 'inspect', 'where_exp: "x", "x"', 'url_decode', 'base64_decode', 'strip_html'])(
    'has no filter %s',
    (filter) => expect(findings(`{{ bot | ${filter} }}`).join()).toMatch(/undefined filter: \w+/),
  );

  test.each(['constructor', '__proto__', 'toString'])('does not reach %s', (key) => {
    expect(findings(`{{ bot.${key} }}`).join()).toContain('undefined variable');
    expect(findings(`{{ cables.${key} }}`).join()).toContain('undefined variable');
  });

  test.each([
    ['{% for a in (1..100000000) %}x{% endfor %}', /memory alloc limit exceeded/],
    [
      '{% assign t = "xxxxxxxxxx" %}{% for a in (1..1000) %}{% assign t = t | append: t %}{% endfor %}',
      /limit exceeded/,
    ],
    [
      '{% for a in (1..3000) %}{% for b in (1..3000) %}{% for c in (1..3000) %}{% endfor %}{% endfor %}{% endfor %}',
      /limit exceeded/,
    ],
    [`${'{% for a in cables %}'.repeat(9)}${'{% endfor %}'.repeat(9)}`, /template render limit exceeded/],
    ['{% for a in (1..10001) %}xxxxxxxxxx{% endfor %}', /longer than 100000 characters/],
  ])('does not run on: %s', (text, message) => {
    expect(findings(text).join()).toMatch(message);
  });
});

describe('a template without which people would get an empty reply, or one that leads nowhere, is refused', () => {
  const link = '{% for cable in cables %}{{ cable.link }}{% endfor %}';
  const refused = (file: string, text: string) => {
    writeFileSync(join(folder, file), text);
    return findings(link);
  };

  test.each([
    ['a.empty.liquid', '', /says nothing: people would get an empty reply/],
    ['b.liquid', ' \n{% comment %}x{% endcomment %}', /says nothing: people/],
    ['b.liquid', '{% if more > 99 %}x{% endif %}', /says nothing: people/],
    ['help.liquid', '', /says nothing: people/],
    ['why.de.liquid', '{% if cables.size > 1 %}x{% endif %}', /says nothing about a cable with `status` resolved/],
    ['b.liquid', 'That is {{ cables[0].id }}.', /gives no link to a cable with `status` resolved: write/],
    [
      'default.x.liquid',
      '{% for c in cables %}{% if c.link %}{{ c.link }}{% endif %}{% endfor %}',
      /says nothing about/,
    ],
  ])('%s with %j', (file, text, expected) => {
    const found = refused(file, text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
    expect(found[0]).toContain(`${file}:1:1: `);
  });

  test.each([
    [
      'not-found.liquid',
      '{% for c in cables %}{% if c.status == "unknown-cable" %}No such cable.{% endif %}{% endfor %}',
    ],
    ['help.liquid', 'I am {{ bot }}.'],
    [
      'b.liquid',
      'See {% for c in cables %}{% for p in c.paragraphs %}{{ p.link }}{% endfor %} {{ c.link }}{% endfor %}',
    ],
  ])('but not %s with %j', (file, text) => {
    const found = refused(file, text);
    expect(found.filter((one) => !one.includes('unknown-cable'))).toEqual([]);
  });
});

test('a busy machine refuses no template', () => {
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 10_000));
  onTestFinished(() => void vi.restoreAllMocks());
  expect(findings('{% for a in (1..100) %}{{ cables[0].link }}{% endfor %}')).toEqual([]);
});

test('a template that fails at last fails for good, not for ever again', () => {
  const resolutions = [seed([1, 2, 3, 4, 5, 6, 7])];
  const limits = { maxLength: 500, length: (text: string) => text.length };
  // No specimen has seven paragraphs.
  const text =
    '{% for cable in cables %}{% if cable.paragraphs.size == 7 %}{{ nothing }}{% else %}{{ cable.link }}{% endif %}{% endfor %}';
  const template = load(text);
  expect(() => compose({ template, post: post(), resolutions, limits })).toThrow(PermanentError);
  expect(() => compose({ template, post: post(), resolutions, limits })).toThrow(
    /a\.liquid:1:\d+: undefined variable: nothing/,
  );
});

test('a template that says nothing is refused when it is used', () => {
  const limits = { maxLength: 500, length: (text: string) => text.length };
  expect(() =>
    compose({
      template: load('{% if cables[0].status == "ambiguous" %}x{% endif %}'),
      post: post(),
      resolutions: [seed([5])],
      limits,
    }),
  ).toThrow('template a says nothing about this post');
});

test('everything that a template may use is there in every answer', () => {
  const [first] = samples;
  for (const { cables, ...rest } of samples) {
    expect(keys({ cables, ...rest })).toEqual(keys(first ?? {}));
    for (const cable of cables) expect(keys(cable)).toEqual(keys(first?.cables[0] ?? {}));
  }
});

test('author and bot can be named', () => {
  const limits = { maxLength: 500, length: (text: string) => text.length };
  const template = load('@{{ author }}: {{ bot }} found {{ cables[0].link }}');
  const author = { id: '1', handle: '@reader@server.example', name: null, bot: false };
  expect(compose({ template, post: post({ author }), resolutions: [seed([5])], limits, bot: 'Pilcrow' })).toEqual(
    expect.stringMatching(/^@reader@server\.example: Pilcrow found https:/),
  );
});

test.each(['{{ author }}', 'by {{author}}.', '@x {{ author | upcase | downcase }}', '{{ author | append: "/win" }}'])(
  'the author is named behind an @ only, since a handle may be an address: %s',
  (text) => expect(findings(text)).toEqual([expect.stringContaining('`author` may stand behind an @ only')]),
);

function keys(value: object): string[] {
  return Object.keys(value).toSorted();
}

describe('templates for platforms and languages', () => {
  const all = new Map(
    ['default', 'default.x', 'default.de', 'default.x.de', 'short.de'].map((name) => [
      name,
      { name, render: () => name },
    ]),
  );
  const chosen = (name: string, platform: string, language: string) => {
    const found = templateFor(all, name, { platform, language, languages: ['en', 'de', 'fr'] });
    return found && `${found.template.name} in ${found.language}`;
  };

  test.each([
    ['default', 'mastodon', 'en', 'default in en'],
    ['default', 'mastodon', 'fr', 'default in en'],
    ['default', 'mastodon', 'de', 'default.de in de'],
    ['default', 'x', 'en', 'default.x in en'],
    ['default', 'x', 'fr', 'default.x in en'],
    ['default', 'x', 'de', 'default.x.de in de'],
    ['short', 'x', 'de', 'short.de in de'],
    ['short', 'x', 'en', 'short.de in de'],
    ['none', 'x', 'en', undefined],
  ])('%s on %s in %s is %s', (name, platform, language, expected) => {
    expect(chosen(name, platform, language)).toBe(expected);
  });

  test('are named by rules without their endings', () => {
    expect(templateNames(all)).toEqual(['default', 'short']);
  });
});
