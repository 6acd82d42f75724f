import { z } from 'zod';
import { platforms } from '../platforms/index.ts';
import { Rules } from '../rules/schema.ts';
import { configSchema } from './config.ts';

/** The JSON Schemas of the YAML files for editors, as texts by file name. */
export function schemaFiles(): Record<string, string> {
  return {
    'pilcrow.schema.json': jsonSchema(configSchema(platforms), 'Pilcrow configuration'),
    'rules.schema.json': jsonSchema(Rules, 'Pilcrow rules'),
  };
}

function jsonSchema(schema: z.ZodType, title: string): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`;
}
