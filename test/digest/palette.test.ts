import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { palette } from '../../src/core/text/palette.ts';

test('documents that stand alone have the colours and letters of the page', () => {
  const css = readFileSync(new URL('../../src/web/assets/pilcrow.css', import.meta.url), 'utf8');
  const [light = '', dark = ''] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, rules]) => rules);
  const valueOf = (rules: string, name: string) =>
    new RegExp(`--${name}: ([^;]+);`).exec(rules)?.[1]?.replaceAll(', ', ',');
  for (const [name, value] of Object.entries(palette.light))
    expect([name, valueOf(light, name)]).toEqual([name, value]);
  for (const [name, value] of Object.entries(palette.dark)) expect([name, valueOf(dark, name)]).toEqual([name, value]);
  expect(valueOf(light, 'serif')).toBe(palette.serif);
  expect(valueOf(light, 'sans')).toBe(palette.sans);
});
