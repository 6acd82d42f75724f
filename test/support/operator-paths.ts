/** Every page of the operator on its own; KEY is the key of a post. Tests and benches go through all of them. */
export const operatorPaths: readonly string[] = [
  '/',
  '/mentions',
  '/posts/KEY',
  '/review',
  '/rules',
  '/digests',
  '/dead-letters',
  '/rejects',
  '/pause',
  '/consent',
  '/audit',
];

/** The pages of an edition; DATE is its day. */
export const editionPaths: readonly string[] = ['/digests/daily/DATE', '/digests/daily/DATE/DATE.json'];

/** `key`: that of a stored post. */
export function pathsWith(key: string): readonly string[] {
  return operatorPaths.map((path) => path.replace('KEY', encodeURIComponent(key)));
}
