import type { SQLOutputValue } from 'node:sqlite';
import type { CableBrief } from './corpus.ts';
import { referenceId } from '../ids/reference-id.ts';

export const brief = 'select id, subject, created, classification from cables';

export function briefOf(row: Record<string, SQLOutputValue>): CableBrief {
  return {
    referenceId: referenceId(String(row['id'])),
    subject: textOf(row['subject']),
    created: textOf(row['created']),
    classification: textOf(row['classification']),
  };
}

function textOf(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
