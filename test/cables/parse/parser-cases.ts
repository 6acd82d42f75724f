import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { hasSharedData, sharedData } from './shared-data.ts';

/** A case of the best known parser's tests; `pass` says whether that parser passes it. */
export interface ParserCase {
  readonly args: readonly unknown[];
  readonly test: string;
  readonly pass: boolean;
}

/** Cases of one suite of `parser_cases.sample.jsonl`, or all; none where the file is absent. */
export function parserCases(suite?: string): ParserCase[] {
  if (!hasSharedData) return [];
  const lines = readFileSync(new URL('parser_cases.sample.jsonl', sharedData), 'utf8').trim().split('\n');
  return lines
    .map((line) => Line.parse(JSON.parse(line)))
    .filter((each) => suite === undefined || each.suite === suite)
    .map(({ args, test, cablemap }) => ({ args, test, pass: cablemap === 'pass' }));
}

const Line = z.object({ suite: z.string(), args: z.array(z.unknown()), test: z.string(), cablemap: z.string() });
