import { z } from 'zod';
import { configSchema, type ConfigurablePlatform } from './config.ts';

/** JSON Schemas of the YAML files for editors, as texts by file name. */
export function jsonSchemas(
  platforms: readonly ConfigurablePlatform[],
  rulesSchema: z.ZodType,
): Record<string, string> {
  return {
    'pilcrow.schema.json': jsonSchema(configSchema(platforms), 'Pilcrow configuration'),
    'rules.schema.json': jsonSchema(rulesSchema, 'Pilcrow rules'),
  };
}

function jsonSchema(schema: z.ZodType, title: string): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`;
}
