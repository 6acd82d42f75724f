/** Numbers and their nouns, by the rules of a language: French has `0 câble`, German `0 Depeschen`. */
export function counting(locale: string) {
  const plurals = new Intl.PluralRules(locale);
  const number = (n: number) => n.toLocaleString(locale);
  const isOne = (n: number) => plurals.select(n) === 'one';
  return { number, isOne, count: (n: number, one: string, many: string) => `${number(n)} ${isOne(n) ? one : many}` };
}
