import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from '../../core/errors.ts';
import type { Output } from './output.ts';

/** Asks a person, line by line; works with a pipe in their place, too. */
export interface Prompt extends Disposable {
  /** The answer without blanks around it; `usual` where there is none. A hidden one does not show while it is typed. */
  ask(question: string, options?: { readonly usual?: string; readonly hidden?: boolean }): Promise<string>;
}

/** Errors, on asking: UsageError where nobody answers any more. */
export function openPrompt(output: Output): Prompt {
  let muted = false;
  const screen = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!muted) output.write(chunk.toString());
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: screen, terminal: process.stdin.isTTY });
  // Read as they come: what is piped in all at once must not be lost between two questions.
  const answers = lines[Symbol.asyncIterator]();
  return {
    async ask(question, { usual, hidden = false } = {}) {
      output.write(`${question}${usual === undefined ? '' : ` [${usual}]`}: `);
      muted = hidden;
      const answer = await answers.next();
      muted = false;
      if (hidden || !process.stdin.isTTY) output.line();
      if (answer.done === true) throw new UsageError('nobody answers: nothing was written');
      const written = answer.value.trim();
      return written === '' ? (usual ?? '') : written;
    },
    [Symbol.dispose]: () => lines.close(),
  };
}
