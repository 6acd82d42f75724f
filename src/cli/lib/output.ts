import colors from 'picocolors';
import { plain } from '../../core/storable.ts';

export { plain };

/** The output of a command: results go to standard output, errors to standard error. */
export interface Output {
  /** Colours; without a terminal they do nothing. */
  readonly paint: ReturnType<typeof colors.createColors>;
  /** Exit code of the command, unless it throws. */
  exitCode: number;
  /** Aborted when the reader of standard output has closed. */
  readonly closed: AbortSignal;
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
    if (error.code !== 'EPIPE') throw error;
    closed.abort(error);
  });
  process.stderr.on('error', () => closed.abort());
  return outputTo({
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    closed: closed.signal,
    colours: process.stdout.isTTY && colors.isColorSupported,
  });
}

interface Streams extends Pick<Output, 'write' | 'writeError' | 'closed'> {
  readonly colours: boolean;
}

/** An output to other streams than those of the process. */
export function outputTo({ write, writeError, closed, colours }: Streams): Output {
  return {
    paint: colors.createColors(colours),
    exitCode: 0,
    closed,
    write,
    writeError,
    line: (text = '') => write(`${text}\n`),
    json: (value) => write(`${JSON.stringify(value)}\n`),
    error: (text) => writeError(`pilcrow: ${plain(text)}\n`),
  };
}
