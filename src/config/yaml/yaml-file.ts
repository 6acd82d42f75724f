import type { z } from 'zod';
import { ConfigError } from '../../core/errors.ts';
import { check, inOrder, printed } from '../explain-findings.ts';
import { inNewWords } from '../renamed.ts';
import type { Path } from './path.ts';
import { type Finding, parseYaml, readYaml, type Yaml } from './yaml.ts';

/** Reads a YAML file (UTF-8, at most 1 MB) and checks it by a schema. Errors: ConfigError with every fault as `FILE:LINE:COLUMN: message`. */
export function readYamlFile<T>(file: string, schema: z.ZodType<T>): T {
  return valueOf(file, inNewWords(readYaml(file)), schema);
}

/** The same for a text; `name` names it in messages. */
export function readYamlText<T>(name: string, text: string, schema: z.ZodType<T>): T {
  return valueOf(name, inNewWords(parseYaml(name, text)), schema);
}

function valueOf<T>(file: string, yaml: Yaml, schema: z.ZodType<T>): T {
  const checked = check(yaml, schema);
  if ('value' in checked) return checked.value;
  throw new ConfigError(checked.findings.map((finding) => printed(file, finding)));
}

/** The findings that `readYamlFile` would throw; empty when there are none. */
export function checkYamlFile(file: string, schema: z.ZodType): readonly string[] {
  try {
    readYamlFile(file, schema);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.findings;
    throw error;
  }
}

/** A YAML file by its path, or a text under a name. */
export type YamlSource = string | { readonly name: string; readonly text: string };

/** Reads either by a schema. Errors: as `readYamlFile`. */
export function readYamlFrom<T>(source: YamlSource, schema: z.ZodType<T>): T {
  return typeof source === 'string' ? readYamlFile(source, schema) : readYamlText(source.name, source.text, schema);
}

/** Every finding of the schema; where there is none, those of `odd`. Errors: ConfigError when a file cannot be read at all. */
export function inspectYaml<T>(
  source: YamlSource,
  schema: z.ZodType<T>,
  odd: (value: T) => readonly { readonly path: Path; readonly message: string }[],
): readonly Finding[] {
  const yaml = inNewWords(typeof source === 'string' ? readYaml(source) : parseYaml(source.name, source.text));
  const checked = check(yaml, schema);
  if ('findings' in checked) return checked.findings;
  return inOrder(odd(checked.value).map(({ path, message }) => ({ ...yaml.at(path), message })));
}
