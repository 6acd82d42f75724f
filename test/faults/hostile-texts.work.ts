import type { Work } from '../support/growth.ts';
import { pieces, readers } from '../support/hostile-texts.ts';

/** Of the pieces every fifth, another one for each reader: counting takes a while, and `npm run prove growth` has them all. */
export const work: Record<string, Work> = Object.fromEntries(
  Object.entries(readers).flatMap(([name, read], reader) =>
    pieces
      .filter((_, at) => (at + reader) % 5 === 0)
      .map((piece) => [
        `${name}: ${JSON.stringify(piece)}`,
        (n: number) => read(piece.repeat(Math.ceil(n / piece.length))),
      ]),
  ),
);
