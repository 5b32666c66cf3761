import { describe, expect, it } from 'vitest';
import { SourceError, withDeadline } from '../../../src/contract/index.ts';
import { type Token, TokenKeeper } from '../../../src/kit/http/token-keeper.ts';

const noDeadline = () => new AbortController().signal;
const within = <T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>) =>
  withDeadline(milliseconds, new AbortController(), work);

/** A keeper whose fetches are answered by the functions of `fetches`, in their order. */
function keeper(...fetches: ((signal: AbortSignal) => Promise<Token>)[]): { tokens: TokenKeeper; fetched(): number } {
  let count = 0;
  const tokens = new TokenKeeper('the CRM', async (signal) => {
    count += 1;
    return (await fetches[count - 1]?.(signal)) ?? { text: `token-${count}` };
  });
  return { tokens, fetched: () => count };
}

const never = () => new Promise<Token>(() => {});
const tokenOf = (token: Token) => async () => token;

describe('tokens', () => {
  it('are fetched once for all who wait, and kept', async () => {
    const { tokens, fetched } = keeper();
    expect(await Promise.all([1, 2, 3].map(() => tokens.get(noDeadline())))).toEqual(['token-1', 'token-1', 'token-1']);
    expect([await tokens.get(noDeadline()), tokens.known, fetched()]).toEqual(['token-1', 'token-1', 1]);
  });

  it('are forgotten when refused, and only the one that was', async () => {
    const { tokens, fetched } = keeper();
    await tokens.get(noDeadline());
    expect(await tokens.get(noDeadline(), 'token-1')).toBe('token-2');
    // Somebody else comes later with the refusal of the first.
    expect([await tokens.get(noDeadline(), 'token-1'), fetched()]).toEqual(['token-2', 2]);
  });

  it('are renewed before their end', async () => {
    const { tokens, fetched } = keeper(
      tokenOf({ text: 'short', lifetimeMs: 0 }),
      tokenOf({ text: 'long', lifetimeMs: 60_000 }),
    );
    expect(await tokens.get(noDeadline())).toBe('short');
    expect([await tokens.get(noDeadline()), await tokens.get(noDeadline()), fetched()]).toEqual(['long', 'long', 2]);
  });

  it('that do not come in time are no answer, and nobody who comes later waits for them', async () => {
    const { tokens } = keeper(never);
    const failure = within(20, (signal) => tokens.get(signal));
    await expect(failure).rejects.toMatchObject({
      kind: 'timeout',
      unsent: true,
      message: expect.stringContaining('the CRM'),
    });
    expect(await tokens.get(noDeadline())).toBe('token-2');
  });

  it('that come late are there for the next', async () => {
    let give = (_: Token) => {};
    const { tokens, fetched } = keeper(() => new Promise((resolve) => (give = resolve)));
    await expect(within(20, (signal) => tokens.get(signal))).rejects.toMatchObject({ kind: 'timeout' });
    give({ text: 'late' });
    await new Promise((resolve) => setImmediate(resolve));
    expect([await tokens.get(noDeadline()), fetched()]).toEqual(['late', 1]);
  });

  it('that are refused mean that nothing was asked; a pause that is asked for is kept', async () => {
    const { tokens, fetched } = keeper(async () => {
      throw new SourceError('rate-limited', 'slow down', { retryAfterMs: 60_000 });
    });
    await expect(tokens.get(noDeadline())).rejects.toMatchObject({ kind: 'rate-limited', unsent: true });
    await expect(tokens.get(noDeadline())).rejects.toMatchObject({ kind: 'rate-limited', unsent: true });
    expect(fetched()).toBe(1);
  });

  it('are waited for no longer when the source closes', async () => {
    const { tokens } = keeper(never);
    const failure = expect(tokens.get(noDeadline())).rejects.toThrow('closed');
    tokens.close();
    await failure;
  });
});
