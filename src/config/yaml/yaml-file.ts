import { isMap, isSeq } from 'yaml';
import type { z } from 'zod';
import { ConfigError } from '../../core/errors.ts';
import { check, inOrder, printed } from '../explain-findings.ts';
import { inNewWords } from '../renamed.ts';
import { type Finding, parseYaml, type Path, readYaml, type Yaml } from './yaml.ts';

/** A YAML file by its path (UTF-8, at most 1 MB), or a text under a name. */
export type YamlSource = string | { readonly name: string; readonly text: string };

/** Reads YAML by a schema. Errors: ConfigError with every fault as `FILE:LINE:COLUMN: message`. */
export function readYamlFrom<T>(source: YamlSource, schema: z.ZodType<T>): T {
  const yaml = yamlIn(source);
  const checked = check(yaml, schema);
  if ('value' in checked) return checked.value;
  throw new ConfigError(checked.findings.map((finding) => printed(yaml.file, finding)));
}

/** Every finding of the schema; where there is none, those of `odd`. Errors: ConfigError when a file cannot be read at all. */
export function inspectYaml<T>(
  source: YamlSource,
  schema: z.ZodType<T>,
  odd: (value: T) => readonly { readonly path: Path; readonly message: string }[],
): readonly Finding[] {
  const yaml = yamlIn(source);
  const checked = check(yaml, schema);
  if ('findings' in checked) return checked.findings;
  return inOrder(odd(checked.value).map(({ path, message }) => ({ ...yaml.at(path), message })));
}

function yamlIn(source: YamlSource): Yaml {
  return inNewWords(typeof source === 'string' ? readYaml(source) : parseYaml(source.name, source.text));
}

/** Lays out short lists and maps of secrets on one line; returns the node. */
export function onShortLines<T>(node: T): T {
  if (!isMap(node) && !isSeq(node)) return node;
  const children: readonly unknown[] = isMap(node) ? node.items.map(({ value }) => value) : node.items;
  const leaf = children.every((child) => !isMap(child) && !isSeq(child));
  if (leaf && (isSeq(node) || children.length === 1)) node.flow = true;
  for (const child of children) onShortLines(child);
  return node;
}
