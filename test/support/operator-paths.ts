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

/** `key`: that of a stored post. */
export function pathsWith(key: string): readonly string[] {
  return operatorPaths.map((path) => path.replace('KEY', encodeURIComponent(key)));
}
