/** ActiveCollab says no: `{"type": "ApiSubscriptionError", "message": "Invalid password"}`, with any status from 400 on. */
import * as z from 'zod';
import { SourceError } from '../../src/gateway/adapter.ts';
import type { HttpAnswer } from '../../src/upstream/http/client.ts';
import { masked } from '../../src/upstream/http/secrets.ts';
import { oneLine, usualWords } from '../../src/upstream/http/words.ts';
import type { Settings } from './settings.ts';

const errorShape = z.looseObject({
  type: z.string().catch(''),
  message: z.string().catch(''),
  field_errors: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
});

/** The statuses of an answer to a POST that are looked at here: sign-in pages, and a 500 that may be a plain no. */
export const READ_STATUSES = [301, 302, 303, 307, 308, 500] as const;

/** Every token and password of a source, as far as they are known. */
export type Secrets = Set<string>;

/** Those of the configuration. */
export function secretsIn({ token, password }: Settings): Secrets {
  return new Set([token, password].filter((secret) => secret !== undefined));
}

/** ActiveCollab's own words, with those about single fields. */
export function wordsOf(answer: HttpAnswer, secrets: Secrets): string {
  return masked(saidIn(answer), longEnough(secrets));
}

function saidIn(answer: HttpAnswer): string {
  const error = errorOf(answer);
  if (error === undefined) return usualWords(answer);
  const fields = Object.entries(error.field_errors ?? {}).map(([name, words]) => `${name}: ${words.join(', ')}`);
  return [error.message, ...fields].filter((part) => part !== '').join('; ') || error.type;
}

/** An answer to a POST with one of {@link READ_STATUSES}. */
export function refusalOf(answer: HttpAnswer, what: string, secrets: Secrets): SourceError {
  const { status } = answer;
  const words = oneLine(wordsOf(answer, secrets));
  const said = `ActiveCollab answered ${status} to ${what}${words === '' ? '' : `: ${words}`}`;
  if (status < 400) {
    if (!/log-?in|sign-?in|auth|sso/i.test(answer.header('location') ?? '')) {
      return new SourceError('bad-response', `${said}, and points elsewhere`, {
        remedy: 'write the address of ActiveCollab as it is after the redirect, with https',
      });
    }
    return new SourceError('unauthorized', `${said}: it wants a person to sign in`, {
      remedy: 'check the address and the credentials of the source',
    });
  }
  // The documented answer to a wrong field has this status too; of anything else nobody knows how far it came.
  const isNo = /validation/i.test(errorOf(answer)?.type ?? '');
  return new SourceError(isNo ? 'rejected' : 'bad-response', said);
}

function errorOf(answer: HttpAnswer): z.output<typeof errorShape> | undefined {
  try {
    const read = errorShape.safeParse(answer.json());
    return read.success && (read.data.message !== '' || read.data.type !== '') ? read.data : undefined;
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}

/** What an answer must look like. @throws {SourceError} `bad-response` when it does not */
export function parsed<T>(shape: z.ZodType<T>, answer: HttpAnswer, what: string): T {
  const read = shape.safeParse(answer.json());
  if (read.success) return read.data;
  throw new SourceError('bad-response', `ActiveCollab answered ${what} with JSON that is not its own`, {
    remedy: 'check the address of the source, and which of the two APIs it has',
  });
}

/** What fails on the way to a call has not done what the call would do. */
export async function beforehand<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof SourceError) || error.unsent) throw error;
    const { kind, message, cause, remedy, retryAfterMs } = error;
    throw new SourceError(kind, message, {
      cause,
      unsent: true,
      ...(remedy === undefined ? {} : { remedy }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
}

/** What is shorter would blot out half of a message. */
function longEnough(secrets: Secrets): readonly string[] {
  return [...secrets].filter(({ length }) => length >= 4);
}
