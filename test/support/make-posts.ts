/** A repeatable stream of numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A stream of its own for each place under a seed: sfc32, whose state is so large that no two come to say the same for a while. */
export function seededAt(seed: number, place: number): () => number {
  let [a, b, c, count] = [seed, place, 0x9e3779b9, 1];
  const next = (): number => {
    const sum = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i += 1) next();
  return next;
}

const words =
  'the embassy says today that new talks on gas prices will start in 2011 and nobody read more about 3 ministers who met at 10:30 near the old town while prices fell by 12% as people wait for news'.split(
    ' ',
  );
const tags = ['#news', '#Wikileaks', '#politics', '#kazakhstan', '#OTD', '#books2010', '#BREAKING', '#life'];
const stations = [
  'ASTANA',
  'LONDON',
  'STATE',
  'PARIS',
  'TOKYO',
  'MOSCOW',
  'ANKARA',
  'BERLIN',
  'THEHAGUE',
  'USUNNEWYORK',
];

/** Texts as they come by on a social network, a share of them citing a cable in one of the usual forms. */
export function postTexts(count: number, options: { citing: number; seed: number }): string[] {
  const random = seeded(options.seed);
  return Array.from({ length: count }, (_, i) => {
    const text = sentence(random);
    return random() < options.citing ? cite(text, random, i) : text;
  });
}

function sentence(random: () => number): string {
  const length = 8 + Math.floor(random() * 22);
  const parts = Array.from({ length }, () => pick(words, random));
  if (random() < 0.6) parts.push(pick(tags, random));
  if (random() < 0.4) parts.push(pick(tags, random));
  if (random() < 0.3) parts.splice(3, 0, `@user${Math.floor(random() * 1000)}`);
  if (random() < 0.25) parts.push(`https://example.org/story/${Math.floor(random() * 1e6)}?ref=home`);
  return parts.join(' ');
}

function cite(text: string, random: () => number, serial: number): string {
  const year = String(5 + Math.floor(random() * 5)).padStart(2, '0');
  const station = pick(stations, random);
  const id = `${year}${station}${(serial % 900) + 1}`;
  const form = random();
  if (form < 0.6) return `${text} #cablegate #${id}`;
  if (form < 0.75) return `#cablegate #${id.toLowerCase()} ¶${1 + Math.floor(random() * 9)} ${text}`;
  if (form < 0.9) return `${text} ${id}, para 3`;
  return `${text} https://wikileaks.org/plusd/cables/${id}_a.html`;
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}
