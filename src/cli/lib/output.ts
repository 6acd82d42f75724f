import { styleText } from 'node:util';
import { indented, maxKey, onLine, plain } from '../../core/text/strangers.ts';

export { indented, maxKey, onLine, plain };

/** Styles a text; without a terminal they do nothing. */
export type Paint = Readonly<Record<'bold' | 'dim' | 'cyan' | 'green' | 'red' | 'yellow', (text: string) => string>>;

/** The output of a command: results go to standard output, errors to standard error. */
export interface Output {
  readonly paint: Paint;
  /** quiet: nothing but errors. verbose: more than usual. */
  verbosity: 'quiet' | 'usual' | 'verbose';
  /** Exit code of the command, unless it throws. */
  exitCode: number;
  /** Aborted when the reader of standard output has closed. */
  readonly closed: AbortSignal;
  /** True if a person reads standard output. */
  readonly terminal: boolean;
  write(text: string): void;
  writeError(text: string): void;
  line(text?: string): void;
  json(value: unknown): void;
  error(text: string): void;
}

export function openOutput(): Output {
  // A reader that has seen enough (`pilcrow resolve - | head`) ends the work; that is no error.
  const closed = new AbortController();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    closed.abort(error);
    if (error.code === 'EPIPE') return;
    // A full disk, for instance. A bot goes on: what it does is in its ledger.
    output.exitCode = 1;
    output.error(`standard output cannot be written: ${error.message}`);
  });
  process.stderr.on('error', () => closed.abort());
  const output = outputTo({
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    closed: closed.signal,
    terminal: process.stdout.isTTY,
    colours: process.stdout.isTTY && process.stdout.hasColors(),
  });
  return output;
}

interface Streams extends Pick<Output, 'write' | 'writeError' | 'closed'> {
  readonly terminal?: boolean;
  readonly colours: boolean;
}

/** An output to other streams than those of the process. */
export function outputTo({ write, writeError, closed, colours, terminal = false }: Streams): Output {
  const style = (format: keyof Paint) => (text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text;
  const output: Output = {
    paint: {
      bold: style('bold'),
      dim: style('dim'),
      cyan: style('cyan'),
      green: style('green'),
      red: style('red'),
      yellow: style('yellow'),
    },
    verbosity: 'usual',
    exitCode: 0,
    closed,
    terminal,
    write: (text) => {
      if (output.verbosity !== 'quiet') write(text);
    },
    writeError,
    line: (text = '') => output.write(`${text}\n`),
    json: (value) => output.write(`${JSON.stringify(value)}\n`),
    error: (text) => writeError(`pilcrow: ${plain(text)}\n`),
  };
  return output;
}

/** How a list is printed: `fields` is an item as JSON, `line` one for people, `none` what an empty list says to people. */
interface Listing<T> {
  readonly json: true | undefined;
  readonly fields: (item: T) => object;
  readonly line: (item: T) => string;
  readonly none: string;
  /** Says what is left out; undefined: nothing is. With `--json` on standard error. */
  readonly more?: string | undefined;
  /** Prints so many items, and says that there are more. */
  readonly limit?: number;
}

/** Prints a list: with `--json` one object a line. */
export function printList<T>(output: Output, items: readonly T[], listing: Listing<T>): void {
  const { json, fields, line, none, limit = items.length } = listing;
  const { more = items.length > limit ? `There are more than ${limit}: see --limit.` : undefined } = listing;
  for (const item of items.slice(0, limit)) {
    if (json === true) output.json(fields(item));
    else output.line(line(item));
  }
  if (items.length === 0 && json !== true) output.line(none);
  if (more === undefined) return;
  if (json === true) output.error(more);
  else output.line(more);
}
