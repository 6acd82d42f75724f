/** Every page of the operator on its own; KEY is the key of a post. Tests and benches go through all of them. */
const paths = [
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
export function operatorPaths(key: string): readonly string[] {
  return paths.map((path) => path.replace('KEY', encodeURIComponent(key)));
}
