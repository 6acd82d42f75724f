import { withdrawReply } from '../../operations/retry-dead-letters.ts';
import { HttpError, type Page, type PageRequest, type PageResult } from '../page.ts';
import { backTo, decodedField } from '../parts.ts';

export const withdrawPages: readonly Page[] = [
  { method: 'POST', path: '/replies/withdraw', audience: 'operator', handle: withdraw },
];

const outcomes = {
  abandoned: 'It will not be sent.',
  withdrawing: 'It is being deleted on its platform.',
  cancel_requested: 'It is being sent, and is deleted as soon as it is known to be published.',
} as const;

async function withdraw({ context, person, form }: PageRequest): Promise<PageResult> {
  const key = decodedField(form, 'key') ?? '';
  const state = await withdrawReply(context.ledger, { key, who: person?.name ?? '' });
  if (state === undefined)
    throw new HttpError(409, 'Only planned, held or sent replies can be withdrawn. Nothing was done.');
  context.nudge();
  return { location: backTo(form, '/mentions'), flash: `${key}: ${outcomes[state]}` };
}
