/** Keys and indexes that lead from the top of the data to a value. */
export type Path = readonly PropertyKey[];

/** The name of a path in messages: `name`, `corpus[0]`. */
export function nameOf(path: Path): string {
  const last = path.at(-1);
  return typeof last === 'number' ? `${String(path.at(-2) ?? '')}[${last}]` : String(last ?? '');
}

/** Undefined where the path leads nowhere. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** The list at a path; empty where there is none. */
export function arrayAt(data: unknown, path: Path): readonly unknown[] {
  const value = valueAt(data, path);
  return Array.isArray(value) ? value : [];
}
