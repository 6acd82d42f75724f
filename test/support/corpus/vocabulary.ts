import { seeded } from '../make-posts.ts';

/** A vocabulary with the habits of a language: few words are most of a text, and each has words that like to follow it. */
export interface Vocabulary {
  /** The next word of a text; `before` is the last one's rank. */
  next(random: () => number, before: number): number;
  word(rank: number): string;
}

const common =
  `the of to and in a that for on is with as by he said are be was at would this not from it has have an which will but
  their they who more its been were had no also or about all than his we other there one government if minister could only some into
  embassy president between new when after while should party such political up over any these two what during out first our many because
  security support state post comment summary meeting officials country military most us now he may both foreign policy national made
  noted however told against local time under through group public international economic those where ambassador percent people him
  court election law trade oil police department visit issue talks high power since former work council agreement`.split(
    /\s+/,
  );
const onsets = 'b c ch d f g h j k l m n p r s t v w z tr st'.split(' ');
const vowels = 'a e i o u a e i o ea'.split(' ');
const codas = ['', '', '', 'n', 'r', 's', 't', 'l'];
const endings = ['', '', '', '', '', 's', 'ed', 'ing', 'ion', 'ly'];

/** Words that occur again and again; the tail of names and numbers comes beside them. */
const size = 60_000;
/** How often a text goes on as its last word likes best, and how many such words there are. */
const habit = 0.35;
const followers = 6;
/** Zipf and Mandelbrot: the word of rank r occurs as often as 1 / (r + shift) ** slope. */
const shift = 2.7;
const slope = 1.05;

export function vocabulary(seed: number): Vocabulary {
  const words = wordsOf(seeded(seed));
  const ranks = samplingTable();
  const draw = (random: () => number): number => ranks[Math.floor(random() * ranks.length)] ?? 0;
  return {
    word: (rank) => words[rank] ?? 'the',
    next(random, before) {
      if (random() >= habit) return draw(random);
      const follower = Math.floor(random() * followers);
      return ranks[(Math.imul(before * followers + follower + 1, 0x9e3779b1) >>> 0) % ranks.length] ?? 0;
    },
  };
}

function wordsOf(random: () => number): string[] {
  const words = new Set(common);
  while (words.size < size) {
    const syllables = words.size < 1500 ? 1 + Math.floor(random() * 2) : 2 + Math.floor(random() * 2);
    let word = '';
    for (let i = 0; i < syllables; i += 1) word += pick(onsets, random) + pick(vowels, random) + pick(codas, random);
    words.add(word + pick(endings, random));
  }
  return [...words];
}

/** Ranks, each as many times as it is frequent: drawing is one look-up. */
function samplingTable(): Uint16Array {
  const table = new Uint16Array(1 << 20);
  const weights = Array.from({ length: size }, (_, rank) => (rank + shift) ** -slope);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let rank = 0;
  let failpoint = (weights[0] ?? 0) / total;
  for (let at = 0; at < table.length; at += 1) {
    while (rank < size - 1 && at / table.length > failpoint) {
      rank += 1;
      failpoint += (weights[rank] ?? 0) / total;
    }
    table[at] = rank;
  }
  return table;
}

export function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}
