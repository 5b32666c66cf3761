/** Two copies of the contract in one process, as when an adapter package brings its own: what we built, and the sources. */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/config/problems.ts';
import * as ours from '../../src/contract/index.ts';
import { failureFields } from '../../src/gateway/failure.ts';

const built = join(resolve(import.meta.dirname, '../..'), 'dist/src/contract/index.js');
const theirs: typeof ours = await import(pathToFileURL(built).href);

describe('errors of another copy of the contract', () => {
  it('are known for what they are, in both directions', () => {
    expect(theirs.SourceError).not.toBe(ours.SourceError);
    for (const [one, other] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      expect(new one.SourceError('rejected', 'no')).toBeInstanceOf(other.SourceError);
      expect(new one.UserError('no')).toBeInstanceOf(other.UserError);
      expect(new one.DeadlineExceeded(5)).toBeInstanceOf(other.DeadlineExceeded);
      expect(new one.SourceError('rejected', 'no')).not.toBeInstanceOf(other.UserError);
      expect(new one.UserError('no')).not.toBeInstanceOf(other.SourceError);
    }
  });

  it('are told as our own', () => {
    const error = new theirs.SourceError('unauthorized', 'the key was refused', { remedy: 'make another' });
    expect(failureFields(error)).toEqual({
      kind: 'unauthorized',
      problem: 'the key was refused',
      remedy: 'make another',
    });
    expect(ours.surelyNotDone(error)).toBe(true);
  });
});

it('a call is known to another copy of the contract', async () => {
  for (const [one, other] of [
    [ours, theirs],
    [theirs, ours],
  ] as const) {
    const signal = one.inBackground(new AbortController().signal);
    await other.withDeadlineWithin(5_000, signal, async (within) => {
      expect(one.isBackground(within)).toBe(true);
      expect(one.remainingMs(within)).toBeGreaterThan(1_000);
      expect(one.remainingMs(within)).toBeLessThanOrEqual(5_000);
    });
  }
});

describe('a derived class', () => {
  class Refusal extends ours.SourceError {}

  it('is told from its base and from its siblings', () => {
    expect(new Refusal('rejected', 'no')).toBeInstanceOf(theirs.SourceError);
    expect(new ours.SourceError('rejected', 'no')).not.toBeInstanceOf(Refusal);
    expect(new ours.UserError('no')).not.toBeInstanceOf(ConfigurationError);
    expect(new ConfigurationError([])).toBeInstanceOf(ConfigurationError);
  });
});

it.each([undefined, null, 'SourceError', new Error('no'), { name: 'SourceError' }])(
  '%s is no error of ours',
  (value) => {
    expect(value instanceof ours.SourceError).toBe(false);
    expect(value instanceof ours.UserError).toBe(false);
  },
);
