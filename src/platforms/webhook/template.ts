import { Liquid } from 'liquidjs';
import type { Payload } from '../../core/reply.ts';

let made: Liquid | undefined;

/** For the operator’s template, with data of strangers: no files, and nothing but its data. Every command loads this file, so it is made on first use. */
function liquid(): Liquid {
  return (made ??= new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    parseLimit: 100_000,
    memoryLimit: 1_000_000,
    renderLimit: 1000,
    relativeReference: false,
    templates: {},
  }));
}

export function isTemplate(text: string): boolean {
  try {
    liquid().parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Errors: an Error if the template asks for what is not there. */
export function rendered(template: string, { idempotencyKey, text, language, replyTo }: Payload): string {
  const { key, platform, id, url, author } = replyTo;
  const post = { key, platform, id, url, author };
  return String(liquid().parseAndRenderSync(template, { id: idempotencyKey, text, language, post }));
}
