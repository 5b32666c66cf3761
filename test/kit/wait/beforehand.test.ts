import { describe, expect, it } from 'vitest';
import { SourceError, surelyNotDone, UserError } from '../../../src/contract/index.ts';
import { amended, beforehand } from '../../../src/kit/wait/beforehand.ts';

const failure = new SourceError('timeout', 'it was too slow', {
  cause: new Error('of the library'),
  remedy: 'wait',
  retryAfterMs: 500,
});

describe('beforehand', () => {
  it('gives what the work gives', async () => {
    expect(await beforehand(Promise.resolve('a token'))).toBe('a token');
  });

  it('makes a failure one after which surely nothing was done, and changes nothing else', async () => {
    expect(surelyNotDone(failure)).toBe(false);
    const told = await beforehand(Promise.reject(failure)).catch((error: unknown) => error);
    expect(told).toBeInstanceOf(SourceError);
    expect(surelyNotDone(told)).toBe(true);
    const { kind, message, remedy, retryAfterMs, cause } = failure;
    expect(told).toMatchObject({ kind, message, remedy, retryAfterMs, cause, unsent: true });
  });

  it.each([
    ['a failure that says so already', new (class Refusal extends SourceError {})('rejected', 'no', { unsent: true })],
    ['a mistake of the user', new UserError('write it otherwise')],
    ['a bug', new TypeError('undefined is no function')],
  ])('leaves %s as it is', async (_, error) => {
    await expect(beforehand(Promise.reject(error))).rejects.toBe(error);
  });
});

describe('amended', () => {
  it('has what is told otherwise, and the rest as it was', () => {
    const told = amended(failure, { message: 'it was slow' });
    expect(told).toMatchObject({ kind: 'timeout', message: 'it was slow', remedy: 'wait', unsent: false });
    expect(told.cause).toBe(failure.cause);
  });

  it('has no cause and no pause where there were none', () => {
    const told = amended(new SourceError('rejected', 'no'), { remedy: 'ask again' });
    expect(told).toMatchObject({ message: 'no', remedy: 'ask again', retryAfterMs: undefined });
    expect('cause' in told).toBe(false);
  });
});
