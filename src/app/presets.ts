import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readYamlText } from '../config/yaml/yaml-file.ts';
import { Rules } from '../rules/schema.ts';

const folder = fileURLToPath(new URL('../rules/presets', import.meta.url));
const extension = '.yaml';

/** Rules that come with Pilcrow, by name. */
export function presetNames(): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(extension));
  return files.map((file) => basename(file, extension)).toSorted();
}

/** A preset as it is written, with its comments. */
export function presetText(name: string): string {
  return readFileSync(join(folder, `${name}${extension}`), 'utf8');
}

/** With the rules of the presets that they extend, after their own: of two rules with one name the first stays. */
export function withPresets(rules: Rules): Rules {
  if (rules.extends === undefined) return rules;
  const theirs = rules.extends.flatMap((name) => readYamlText(name, presetText(name), Rules).rules);
  const all = new Map<string, Rules['rules'][number]>();
  for (const rule of [...rules.rules, ...theirs]) if (!all.has(rule.name)) all.set(rule.name, rule);
  return { ...rules, rules: [...all.values()] };
}
