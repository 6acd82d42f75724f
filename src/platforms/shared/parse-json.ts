/** The value that a text in JSON stands for; undefined if it is no JSON, or missing. */
export function jsonIn(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
