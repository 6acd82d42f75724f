import { vi } from 'vitest';
import { main } from '../../src/cli.ts';
import { outputTo } from '../../src/cli/lib/output.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a command to its end within this process: `main` as bin/pilcrow.js calls it, without the seconds of a start. One at a time, and
 * not for a command that reads standard input, waits for a signal, or must share something with another process: see workplace.ts.
 */
export async function command(args: readonly string[], { env = {} }: { env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
  const said = { out: '', err: '' };
  const output = outputTo({
    write: (text) => (said.out += text),
    writeError: (text) => (said.err += text),
    closed: new AbortController().signal,
    colours: false,
  });
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  try {
    const code = await main(['node', 'pilcrow', ...args], output);
    return { code, ...said };
  } finally {
    vi.unstubAllEnvs();
  }
}
