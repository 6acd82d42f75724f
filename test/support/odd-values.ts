const replacements: readonly unknown[] = [null, 7, '', 'x', true, [], {}, [null]];

/** A JSON value with one part changed; `path` names the part: `entities.urls.0.url`. */
interface Odd {
  readonly path: string;
  readonly value: unknown;
}

/** Every variant of a JSON value in which one part is missing, null, or of another type. */
export function* oddValues(value: unknown, path = ''): Generator<Odd> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    const within = path === '' ? key : `${path}.${key}`;
    const put = (changed: unknown) => {
      if (Array.isArray(value)) return value.toSpliced(Number(key), 1, ...(changed === undefined ? [] : [changed]));
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      return changed === undefined ? rest : { ...rest, [key]: changed };
    };
    for (const changed of [undefined, ...replacements]) yield { path: within, value: put(changed) };
    for (const odd of oddValues(part, within)) yield { path: odd.path, value: put(odd.value) };
  }
}
