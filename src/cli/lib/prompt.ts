import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from '../../core/errors.ts';
import type { Output } from './output.ts';

/** Of a password for the operator's page. */
export const minPasswordLength = 12;

/** Asks questions on the terminal, or reads the answers from a pipe. */
export interface Prompt extends Disposable {
  /** The trimmed answer, or `usual` if it is empty. A hidden answer does not show while it is typed. */
  ask(question: string, options?: { readonly usual?: string; readonly hidden?: boolean }): Promise<string>;
}

/** Errors of `ask`: UsageError at the end of the input. */
export function openPrompt(output: Output): Prompt {
  let muted = false;
  const echo = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!muted) output.write(chunk.toString());
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: echo, terminal: process.stdin.isTTY });
  // Read lines as they come; otherwise piped input is lost between two questions.
  const answers = lines[Symbol.asyncIterator]();
  return {
    async ask(question, { usual, hidden = false } = {}) {
      output.write(`${question}${usual === undefined ? '' : ` [${usual}]`}: `);
      muted = hidden;
      const answer = await answers.next();
      muted = false;
      if (hidden || !process.stdin.isTTY) output.line();
      if (answer.done === true) throw new UsageError('no more input: nothing was written');
      const written = answer.value.trim();
      return written === '' ? (usual ?? '') : written;
    },
    [Symbol.dispose]: () => lines.close(),
  };
}
