/** `O P` is `immediate to those who are to act, priority to those who are informed`; undefined for other letters than Z, O, P and R. */
export function explainPrecedence(letters: string): string | undefined {
  const words = letters
    .replaceAll(' ', '')
    .split('')
    .map((letter) => precedences.get(letter));
  const [action, information = action] = words;
  if (action === undefined || information === undefined || words.length > 2) return undefined;
  return action === information
    ? action
    : `${action} to those who are to act, ${information} to those who are informed`;
}

/** The letter stands before the date-time group, the word behind an addressee. */
const precedences = new Map([
  ['Z', 'flash'],
  ['O', 'immediate'],
  ['P', 'priority'],
  ['R', 'routine'],
]);
