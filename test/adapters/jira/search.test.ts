/** An issue whose answer was lost, and the index of Jira's searches, which is behind. */
import { describe, expect, it } from 'vitest';
import { surelyNotDone, withDeadline } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { onlyIssue, openJira } from './source.ts';

const within = <T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>) =>
  withDeadline(milliseconds, new AbortController(), work);

describe.each([
  ['cloud', 'label'],
  ['cloud', 'description'],
  ['data-center', 'label'],
  ['data-center', 'description'],
] as const)('an issue in %s whose answer was lost', (edition, reference) => {
  it(`is found once by its ${reference}, and gets what it lacks`, async () => {
    const { running, target } = await openJira({ reference }, edition);
    await target.push(pushRequest(), context());
    const files = [{ name: 'a.txt', type: 'text/plain', url: undefined, bytes: Buffer.from('a') }];
    const request = pushRequest({ files });
    running.standIn.faults = ['cut-after'];
    const failure = await failureOf(target.push(request, context()));
    expect(failure).toMatchObject({ kind: 'unreachable' });
    expect(surelyNotDone(failure)).toBe(false);
    expect(running.issues).toHaveLength(2);
    expect(running.issues[1]).toMatchObject({ attachments: [] });
    const found = { id: 'HELP-2', link: `${running.url}/browse/HELP-2` };
    expect(await target.findPush?.(request, context())).toEqual(found);
    expect(await target.findPush?.(request, context())).toEqual(found);
    expect(running.issues[1]?.attachments).toMatchObject([{ filename: 'a.txt' }]);
    expect(running.issues[1]?.links.size).toBe(1);
    expect(await target.findPush?.(pushRequest(), context())).toBeUndefined();
  });
});

describe('the index of Jira', () => {
  it('is waited for', async () => {
    const { running, target } = await openJira({ searchDelay: '20s' });
    const request = pushRequest();
    await target.push(request, context());
    running.indexed = 0;
    const search = target.findPush?.(request, context());
    await expect.poll(() => running.searches).toBe(2);
    running.indexed = 1;
    expect(await search).toMatchObject({ id: 'HELP-1' });
  });

  it('is believed when the delay has passed, and no sooner', async () => {
    const { running, target } = await openJira({ searchDelay: '1200ms' });
    const before = performance.now();
    expect(await target.findPush?.(pushRequest(), context())).toBeUndefined();
    expect(performance.now() - before).toBeGreaterThanOrEqual(1_200);
    expect(running.searches).toBeGreaterThan(1);
  });

  it('is asked again later when there is no time to wait for it now', async () => {
    const { running, target } = await openJira({ searchDelay: '2500ms' });
    const request = pushRequest();
    const look = () => within(2_000, async (signal) => target.findPush?.(request, { signal, reference: 'test' }));
    const failure = await failureOf(look());
    expect(failure).toMatchObject({ kind: 'bad-response', retryAfterMs: expect.any(Number) });
    expect(surelyNotDone(failure)).toBe(false);
    // The waiting goes on from attempt to attempt.
    await expect.poll(() => look().catch(() => 'too early'), { timeout: 10_000, interval: 300 }).toBeUndefined();
    // A new attempt to push begins it anew.
    await target.push(request, context());
    running.indexed = 0;
    expect(await failureOf(look())).toMatchObject({ kind: 'bad-response' });
  });
});

describe('a failure', () => {
  it('after the issue was made is none of the push', async () => {
    const { running, target } = await openJira();
    // The issue goes well, its link back does not.
    running.standIn.faults = [{ delayMs: 0 }, 'garbage'];
    expect(await target.push(pushRequest(), context())).toMatchObject({ id: 'HELP-1' });
    onlyIssue(running);
  });
});
