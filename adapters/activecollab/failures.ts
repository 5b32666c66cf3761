/** ActiveCollab says no: `{"type": "ApiSubscriptionError", "message": "Invalid password"}`, with any status from 400 on. */

import * as z from 'zod';
import { SourceError } from '../../src/contract/index.ts';
import {
  asSentElsewhere,
  elsewhere,
  type HttpAnswer,
  jsonOrNothing,
  REDIRECTS,
  told,
} from '../../src/kit/http/index.ts';

const errorShape = z.looseObject({
  type: z.string().catch(''),
  message: z.string().catch(''),
  field_errors: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
});

/** The statuses of an answer to a POST that are looked at here: sign-in pages, and a 500 that may be a plain no. */
export const READ_STATUSES = [...REDIRECTS, 500] as const;

/** ActiveCollab's own words, with those about single fields; undefined when it says nothing. */
export function errorText(answer: HttpAnswer): string | undefined {
  const error = errorOf(answer);
  if (error === undefined) return undefined;
  const fields = Object.entries(error.field_errors ?? {}).map(([name, words]) => `${name}: ${words.join(', ')}`);
  return [error.message, ...fields].filter((part) => part !== '').join('; ') || error.type;
}

/** An answer to a POST with one of {@link READ_STATUSES}. */
export function refusalOf(answer: HttpAnswer, what: string): SourceError {
  const { status } = answer;
  const said = `ActiveCollab answered ${status} to ${what}${told(answer)}`;
  if (status < 400) return asSentElsewhere(answer, elsewhere(said, 'ActiveCollab'));
  // The documented answer to a wrong field has this status too; of anything else nobody knows how far it came.
  const isNo = /validation/i.test(errorOf(answer)?.type ?? '');
  return new SourceError(isNo ? 'rejected' : 'bad-response', said, { said: answer.words });
}

function errorOf(answer: HttpAnswer): z.output<typeof errorShape> | undefined {
  const read = errorShape.safeParse(jsonOrNothing(answer));
  return read.success && (read.data.message !== '' || read.data.type !== '') ? read.data : undefined;
}

/** What an answer must look like. @throws {SourceError} `bad-response` when it does not */
export function parsed<T>(shape: z.ZodType<T>, answer: HttpAnswer, what: string): T {
  const read = shape.safeParse(answer.json());
  if (read.success) return read.data;
  throw new SourceError('bad-response', `ActiveCollab answered ${what} with JSON that is not its own`, {
    remedy: 'check the address of the source, and which of the two APIs it has',
  });
}
