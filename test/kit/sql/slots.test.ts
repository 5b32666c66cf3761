import { expect, test } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import { Slots } from '../../../src/kit/sql/slots.ts';

const never = () => new AbortController().signal;

test('as many as there are, the others in turn', async () => {
  const slots = new Slots(2);
  const [first] = [await slots.acquire(never()), await slots.acquire(never())];
  const order: number[] = [];
  const third = slots.acquire(never()).then((release) => [order.push(3), release] as const);
  const fourth = slots.acquire(never()).then((release) => [order.push(4), release] as const);
  await Promise.resolve();
  expect(order).toEqual([]);
  first();
  // Giving one back twice frees one only.
  first();
  const [, release] = await third;
  expect(order).toEqual([3]);
  release();
  await fourth;
  expect(order).toEqual([3, 4]);
});

test('who gives up does not take a slot with it', async () => {
  const slots = new Slots(1);
  const release = await slots.acquire(never());
  const controller = new AbortController();
  const impatient = slots.acquire(controller.signal);
  const patient = slots.acquire(never());
  controller.abort(new Error('late'));
  await expect(impatient).rejects.toBeInstanceOf(SourceError);
  await expect(impatient).rejects.toMatchObject({ kind: 'timeout' });
  release();
  (await patient)();
  await slots.acquire(never());
});
