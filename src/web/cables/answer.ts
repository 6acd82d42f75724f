import { createHash } from 'node:crypto';
import type { Request } from '../page.ts';

/** So long a copy may be shown without asking: what an author deletes is gone everywhere within this. */
const keptSeconds = 60;

export interface Content {
  readonly type: string;
  readonly body: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What cable pages answer: kept by browsers and proxies for a moment where everybody may see it, and not sent again unchanged. */
export function answer({ c, context }: Request, { type, body, status = 200, headers = {} }: Content): Response {
  const common = { 'Content-Type': type, ...headers };
  if (context.config.web.cables !== 'public') return new Response(body, { status, headers: common });
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const kept = { ...common, ETag: etag, 'Cache-Control': `public, max-age=${keptSeconds}` };
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (status === 200 && known.includes(etag)) return new Response(null, { status: 304, headers: kept });
  return new Response(body, { status, headers: kept });
}

/** Where the pages are reached by others. */
export function originOf({ context, url }: Request): string {
  return new URL(context.config.web.publicUrl ?? url.origin).origin;
}
