/** The cells of one search: about 50 ms of one core. `npm run bench hostile` shows how long the event loop stands still meanwhile. */
const cellsPerSearch = 2_000_000;

/**
 * The work that a search may do, in compared cells: a word beside a word, or a letter beside a letter; other work is converted. Counted and
 * not timed, so that what a search finds never depends on the load.
 */
export class Budget {
  #left: number;
  readonly #cells: number;

  constructor(cells = cellsPerSearch) {
    this.#cells = cells;
    this.#left = cells;
  }

  /** Cells taken so far. */
  get spent(): number {
    return this.#cells - this.#left;
  }

  /** Takes cells for some work. False: too few are left; the work must not be done, and nothing is taken. */
  take(cells: number): boolean {
    if (cells > this.#left) return false;
    this.#left -= cells;
    return true;
  }
}
