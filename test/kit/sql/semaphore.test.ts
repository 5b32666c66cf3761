import { expect, test } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import { ConnectionSemaphore } from '../../../src/kit/sql/semaphore.ts';

const never = () => new AbortController().signal;

test('as many as there are, the others in turn', async () => {
  const semaphore = new ConnectionSemaphore(2);
  const [first] = [await semaphore.acquire(never()), await semaphore.acquire(never())];
  const order: number[] = [];
  const third = semaphore.acquire(never()).then((release) => [order.push(3), release] as const);
  const fourth = semaphore.acquire(never()).then((release) => [order.push(4), release] as const);
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

test('who gives up does not take a place with it', async () => {
  const semaphore = new ConnectionSemaphore(1);
  const release = await semaphore.acquire(never());
  const controller = new AbortController();
  const impatient = semaphore.acquire(controller.signal);
  const patient = semaphore.acquire(never());
  controller.abort(new Error('late'));
  await expect(impatient).rejects.toBeInstanceOf(SourceError);
  await expect(impatient).rejects.toMatchObject({ kind: 'timeout' });
  release();
  (await patient)();
  await semaphore.acquire(never());
});
