import { SourceError } from '../../src/contract/index.ts';

/**
 * The error that a call throws, for looking at all of it. Undefined stands for a method that a source does not have.
 * @throws {Error} when the call goes well, or throws what is no error
 */
export async function failureOf(work: Promise<unknown> | undefined): Promise<Error> {
  const outcome = await Promise.resolve(work).then(
    () => 'it went well',
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error(String(outcome));
}

/**
 * The same for what must be a SourceError, with its kind and its remedy.
 * @throws what was thrown instead
 */
export async function sourceErrorOf(work: Promise<unknown> | undefined): Promise<SourceError> {
  const error = await failureOf(work);
  if (error instanceof SourceError) return error;
  throw error;
}
