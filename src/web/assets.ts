import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

interface Asset {
  readonly type: string;
  readonly body: string;
}

const files = {
  'pilcrow.css': 'text/css; charset=utf-8',
  'pilcrow.js': 'text/javascript; charset=utf-8',
  'cables.css': 'text/css; charset=utf-8',
  'cables.js': 'text/javascript; charset=utf-8',
} as const;

const read = Object.entries(files).map(([name, type]) => {
  const body = readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
  const version = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return { name, path: `/assets/${version}/${name}`, type, body };
});

const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#8a2b1d"/><text x="16" y="24" font-family="Georgia,serif" font-size="24" fill="#fff" text-anchor="middle">¶</text></svg>`;

/** The only files that are served, by path. Requests never open a file. */
export const assets: ReadonlyMap<string, Asset> = new Map([
  ...read.map(({ path, type, body }) => [path, { type, body }] as const),
  ['/favicon.svg', { type: 'image/svg+xml', body: favicon }],
]);

export type AssetName = keyof typeof files;

/** The path contains a hash of the file, so browsers may cache it forever. */
export function assetPath(name: AssetName): string {
  return read.find((asset) => asset.name === name)!.path;
}
