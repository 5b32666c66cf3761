import { expect, it } from 'vitest';
import { SourceError, withDeadline } from '../../../src/contract/index.ts';
import { withClient } from '../../../src/kit/wait/index.ts';
import { failureOf } from '../../support/failure-of.ts';

/** A client that notes whether it was destroyed. */
function parts() {
  const client = { destroyed: 0 };
  return {
    client,
    system: 'CRM',
    destroy: (one: typeof client) => {
      one.destroyed += 1;
    },
    failure: (error: unknown) => new SourceError('rejected', `CRM said: ${Object(error).message}`),
  };
}

const never = () => new Promise<never>(() => undefined);

it('gives what the work gives, and leaves the client as it is', async () => {
  const own = parts();
  expect(await withClient(own, new AbortController().signal, async ({ destroyed }) => destroyed + 7)).toBe(7);
  expect(own.client.destroyed).toBe(0);
});

it('says what an error of the library means, and leaves the client as it is', async () => {
  const own = parts();
  const failed = withClient(own, new AbortController().signal, () => Promise.reject(new Error('no table')));
  expect(await failureOf(failed)).toMatchObject({ kind: 'rejected', message: 'CRM said: no table' });
  expect(own.client.destroyed).toBe(0);
});

it('ends with the deadline, destroys the client, and does not say that nothing was done', async () => {
  const own = parts();
  const failed = withDeadline(20, new AbortController(), (signal) => withClient(own, signal, never));
  expect(await failureOf(failed)).toMatchObject({ kind: 'timeout', unsent: false });
  expect(own.client.destroyed).toBe(1);
});

it('ends with the caller, whatever the destroyed client says', async () => {
  const controller = new AbortController();
  const destroy = () => Promise.reject(new Error('closed already'));
  const work = withClient({ ...parts(), destroy }, controller.signal, never);
  const gone = new Error('the caller has gone');
  controller.abort(gone);
  expect(await failureOf(work)).toBe(gone);
});

it('begins nothing once the time is up', async () => {
  const own = parts();
  let began = false;
  const late = withDeadline(1, new AbortController(), async (signal) => {
    await new Promise((done) => signal.addEventListener('abort', done));
    return withClient(own, signal, async () => {
      began = true;
    });
  });
  expect(await failureOf(late)).toMatchObject({ kind: 'timeout', unsent: true });
  expect([began, own.client.destroyed]).toEqual([false, 0]);
});
