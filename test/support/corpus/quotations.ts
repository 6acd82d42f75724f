import type { MadeCable } from './generate.ts';
import { pick } from './vocabulary.ts';

/** Words of a made cable as somebody may quote them, and where they are from. */
export interface Quoted {
  readonly id: string;
  readonly paragraph: number;
  readonly words: string;
}

/** Ten to twenty-five words of a paragraph; undefined where the paragraph drawn is too short. */
export function quoteFrom(cable: MadeCable, random: () => number): Quoted | undefined {
  const index = Math.floor(random() * cable.paragraphs.length);
  const words = cable.paragraphs[index]?.split(/\s+/) ?? [];
  const length = 10 + Math.floor(random() * 16);
  if (words.length < length) return undefined;
  const from = Math.floor(random() * (words.length - length + 1));
  return { id: cable.id, paragraph: index + 1, words: words.slice(from, from + length).join(' ') };
}

/** One letter is wrong in so many of the words. */
export function withTypos(words: string, count: number, random: () => number): string {
  const written = words.split(' ');
  const long = [...written.keys()].filter((at) => /^[a-z]{4,}/i.test(written[at] ?? ''));
  for (let i = 0; i < count && long.length > 0; i += 1) {
    const [at = 0] = long.splice(Math.floor(random() * long.length), 1);
    written[at] = misspelt(written[at] ?? '', random);
  }
  return written.join(' ');
}

function misspelt(word: string, random: () => number): string {
  const at = 1 + Math.floor(random() * 2);
  const letter = pick([...'aeiourstlnmkdp'].filter((each) => each !== word[at]), random);
  const [start, end] = [word.slice(0, at), word.slice(at)];
  return pick([start + letter + end, start + letter + end.slice(1), start + end.slice(1)], random);
}
