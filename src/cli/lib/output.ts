import colors from 'picocolors';
import { plain } from '../../core/storable.ts';

export { plain };

/** Where a command speaks: standard output for what was asked, standard error for what went wrong. */
export interface Output {
  /** Colours, which do nothing off a terminal. */
  readonly paint: ReturnType<typeof colors.createColors>;
  /** What the command ends with unless it throws. */
  exitCode: number;
  /** Aborted when nobody reads standard output any more. */
  readonly gone: AbortSignal;
  write(text: string): void;
  writeError(text: string): void;
  line(text?: string): void;
  json(value: unknown): void;
  error(text: string): void;
}

export function openOutput(): Output {
  // A reader that has seen enough (`pilcrow resolve - | head`) is no failure; it is the end of the work.
  const gone = new AbortController();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone.abort(error);
  });
  process.stderr.on('error', () => gone.abort());
  return outputTo({
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    gone: gone.signal,
    colours: process.stdout.isTTY && colors.isColorSupported,
  });
}

interface Streams extends Pick<Output, 'write' | 'writeError' | 'gone'> {
  readonly colours: boolean;
}

/** An output over something else than this process's own streams. */
export function outputTo({ write, writeError, gone, colours }: Streams): Output {
  return {
    paint: colors.createColors(colours),
    exitCode: 0,
    gone,
    write,
    writeError,
    line: (text = '') => write(`${text}\n`),
    json: (value) => write(`${JSON.stringify(value)}\n`),
    error: (text) => writeError(`pilcrow: ${plain(text)}\n`),
  };
}
