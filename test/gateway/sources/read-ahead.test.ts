/** A list that is read ahead. */
import { setImmediate as breathe } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ListBatch } from '../../../src/contract/index.ts';
import { readAhead } from '../../../src/gateway/sources/read-ahead.ts';

/** Batches of one record, which say their number; so many, and then what `end` throws. */
function source(count: number, { size = 1, text = 'x', end = (): void => undefined } = {}) {
  const asked: number[] = [];
  async function* list(): AsyncGenerator<ListBatch, void> {
    for (let number = 0; number < count; number += 1) {
      asked.push(number);
      const records = Array.from({ length: size }, (_, at) => ({ key: `${number}.${at}`, record: { text } }));
      yield { records, next: String(number) };
    }
    end();
  }
  const batches = list();
  return { asked, next: () => batches.next() };
}

const places = (some: readonly ListBatch[]) => some.map(({ next }) => next);
const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await breathe();
};

describe('a list that is read ahead', () => {
  it('gives what has come at once, then all that came meanwhile, in its order', async () => {
    const { next } = source(4);
    const taken: (string | undefined)[][] = [];
    for await (const some of readAhead(next)) {
      taken.push(places(some));
      await settle();
    }
    expect(taken).toEqual([['0'], ['1', '2', '3']]);
  });

  it.each([
    { what: 'records', size: 1_000, text: 'x', most: 2 },
    { what: 'characters', size: 10, text: 'x'.repeat(100_000), most: 2 },
  ])('is not read further while so many $what wait', async ({ size, text, most }) => {
    const { next, asked } = source(20, { size, text });
    let read = 0;
    for await (const some of readAhead(next)) {
      expect(some.length).toBeLessThanOrEqual(most);
      read += some.length;
      await settle();
      expect(asked.length - read).toBeLessThanOrEqual(most);
    }
    expect(read).toBe(20);
  });

  it('gives all that came before it failed, and then the failure', async () => {
    const { next } = source(3, {
      end: () => {
        throw new Error('gone');
      },
    });
    const taken: (string | undefined)[] = [];
    const all = async () => {
      for await (const some of readAhead(next)) {
        taken.push(...places(some));
        await settle();
      }
    };
    await expect(all()).rejects.toThrow('gone');
    expect(taken).toEqual(['0', '1', '2']);
  });

  it('asks for nothing more once nobody takes it', async () => {
    const { next, asked } = source(9, { size: 2_000 });
    for await (const some of readAhead(next)) {
      expect(places(some)).toEqual(['0']);
      break;
    }
    await settle();
    expect(asked.length).toBeLessThanOrEqual(2);
  });
});
