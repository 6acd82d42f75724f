/** The set of letters A to Z in a text, as bits; ignores case and other characters. */
export function letterBits(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = (text.charCodeAt(at) | 32) - 97;
    if (letter >= 0 && letter < 26) bits |= 1 << letter;
  }
  return bits;
}

/** Number of letters in the first set that are missing from the second. */
export function lettersBeyond(bits: number, others: number): number {
  let count = 0;
  for (let rest = bits & ~others; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
