import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS>();

/** Whether a pattern stands anywhere in a text, case aside. RE2 takes time that grows with the text alone, whatever the pattern. */
export function standsIn(text: string, pattern: string): boolean {
  return compile(pattern).matcher(text).find();
}

/** What is wrong with a pattern; undefined: nothing. */
export function patternFault(pattern: string): string | undefined {
  try {
    compile(pattern);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The pattern itself stands in the file, and not with the flag that is put before it here.
    return message.replace(/^error parsing regexp: /, '').replace(/: `\(\?i\).*$/s, '');
  }
}

function compile(pattern: string): RE2JS {
  let found = compiled.get(pattern);
  if (found === undefined) compiled.set(pattern, (found = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE)));
  return found;
}
