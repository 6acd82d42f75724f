/** Numbers and their nouns, by the rules of a language: French has `0 câble`, German `0 Depeschen`. */
export function counting(locale: string) {
  let plurals: Intl.PluralRules | undefined;
  const number = (n: number) => n.toLocaleString(locale);
  const isOne = (n: number) => (plurals ??= new Intl.PluralRules(locale)).select(n) === 'one';
  return { number, isOne, count: (n: number, one: string, many: string) => `${number(n)} ${isOne(n) ? one : many}` };
}
