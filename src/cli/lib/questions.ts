import { text } from 'node:stream/consumers';
import { ConfigError } from '../../core/errors.ts';
import type { Checked } from '../../operations/setup/answers.ts';
import { onLine, type Output } from './output.ts';
import { openPrompt } from './prompt.ts';

/** What is asked: by a flag, or at a prompt until the answer passes. */
export interface Ask {
  /** Of the flag, without dashes. */
  readonly name: string;
  readonly text: string;
  readonly example: string;
  /** The answer that an empty one stands for. */
  readonly usual?: string | undefined;
  readonly hidden?: boolean;
  check(written: string): Checked | Promise<Checked>;
}

/** Answers of flags and of a person. */
export interface Answers extends Disposable {
  /** True if a person is asked for what no flag says. */
  readonly asks: boolean;
  /** True if the flag was flags. */
  has(name: string): boolean;
  /** The value of a flag. */
  flag(name: string): string | undefined;
  answer(ask: Ask): Promise<string>;
  /** The next line of standard input. */
  nextLine(): Promise<string>;
  fault(message: string): void;
  /** Errors: ConfigError with every fault of the flags. */
  throwFaults(): void;
}

/** `flags`: the values of the flags by name, as commander has them. */
export function openAnswers(output: Output, flags: Readonly<Record<string, unknown>>, asks: boolean): Answers {
  const prompt = asks ? openPrompt(output) : undefined;
  const faults: string[] = [];
  let lines: Promise<string[]> | undefined;
  const valueOf = (name: string) => flags[name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
  const flag = (name: string) => {
    const value = valueOf(name);
    return typeof value === 'string' ? value : undefined;
  };
  async function byFlag(ask: Ask): Promise<string | undefined> {
    const written = flag(ask.name) ?? (asks ? undefined : ask.usual);
    if (written === undefined) return undefined;
    const checked = await ask.check(written);
    if ('answer' in checked) return checked.answer;
    faults.push(`--${ask.name} ${onLine(written, 100)}: ${checked.fault}`);
    return '';
  }
  return {
    asks,
    flag,
    has: (name) => valueOf(name) !== undefined,
    async answer(ask) {
      const answer = await byFlag(ask);
      if (answer !== undefined) return answer;
      if (prompt === undefined) {
        faults.push(`--${ask.name} is missing: ${ask.text}, such as ${ask.example}`);
        return '';
      }
      for (;;) {
        const { usual, hidden = false } = ask;
        const checked = await ask.check(await prompt.ask(ask.text, { ...(usual !== undefined && { usual }), hidden }));
        if ('answer' in checked) return checked.answer;
        output.line(output.paint.red(`  ${checked.fault}`));
      }
    },
    async nextLine() {
      lines ??= text(process.stdin).then((all) => all.split(/\r?\n/));
      return (await lines).shift() ?? '';
    },
    fault(message) {
      faults.push(message);
    },
    throwFaults() {
      if (faults.length > 0) throw new ConfigError(faults);
    },
    [Symbol.dispose]: () => prompt?.[Symbol.dispose](),
  };
}
