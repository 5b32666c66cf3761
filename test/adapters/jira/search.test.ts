/** An issue whose answer was lost, where the index of Jira's searches may be behind. */
import { describe, expect, it } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { onlyIssue, openJira } from './source.ts';

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

/** Issues of others: so many that the index has, and so many that it has not. */
async function neighbours(open: Awaited<ReturnType<typeof openJira>>, indexed: number, unindexed = 0) {
  const { running, target } = open;
  for (let number = 1; number <= indexed + unindexed; number += 1) {
    const { id } = await target.push(pushRequest(), context());
    if (number > indexed) running.unindexed.add(id);
  }
}

/** Deletes issues; their keys are not given again. */
function remove({ running }: Awaited<ReturnType<typeof openJira>>, ...keys: readonly string[]) {
  const rest = running.issues.filter(({ key }) => !keys.includes(key));
  running.issues.splice(0, running.issues.length, ...rest);
}

describe.each(['cloud', 'data-center'] as const)('an issue in %s that the index lacks', (edition) => {
  it.each([
    [0, 0, 'label'],
    [3, 0, 'description'],
    [3, 5, 'label'],
    [30, 19, 'description'],
  ] as const)(
    'is found by its key, after %i in the index and %i that are not',
    async (indexed, unindexed, reference) => {
      const open = await openJira({ reference }, edition);
      await neighbours(open, indexed, unindexed);
      const request = pushRequest();
      const { id: last } = await open.target.push(request, context());
      open.running.unindexed.add(last);
      expect(await open.target.findPush?.(request, context())).toMatchObject({ id: last });
      expect(await open.target.findPush?.(pushRequest(), context())).toBeUndefined();
    },
  );
});

describe('the newest keys', () => {
  /** Pushes one that the index has not. */
  async function hidden(open: Awaited<ReturnType<typeof openJira>>, fields = {}) {
    const request = pushRequest({ fields });
    const { id } = await open.target.push(request, context());
    open.running.unindexed.add(id);
    return { request, id };
  }
  const readings = ({ running }: Awaited<ReturnType<typeof openJira>>) =>
    running.standIn.received.filter(({ method, path }) => method === 'GET' && path.includes('/issue/HELP-')).length;

  it('are read beyond those of issues that were deleted', async () => {
    const open = await openJira();
    await neighbours(open, 9);
    remove(open, ...['HELP-2', 'HELP-4', 'HELP-5', 'HELP-6', 'HELP-7', 'HELP-8', 'HELP-9']);
    const { request, id } = await hidden(open);
    expect(id).toBe('HELP-10');
    expect(await open.target.findPush?.(request, context())).toMatchObject({ id });
  });

  it('are read between those that the index has', async () => {
    const open = await openJira();
    await neighbours(open, 2);
    const { request, id } = await hidden(open);
    await neighbours(open, 4);
    expect(await open.target.findPush?.(request, context())).toMatchObject({ id: 'HELP-3' });
    expect(id).toBe('HELP-3');
  });

  it('lead to an issue that was moved since', async () => {
    const open = await openJira();
    const { request, id } = await hidden(open);
    const [issue] = open.running.issues.splice(0);
    if (issue !== undefined) open.running.issues.push({ ...issue, key: 'OTHER-7' });
    open.running.moved.set(id, 'OTHER-7');
    open.running.unindexed.add('OTHER-7');
    expect(await open.target.findPush?.(request, context())).toMatchObject({ id: 'OTHER-7' });
  });

  it('are those of the project of the push, whatever the source has', async () => {
    const open = await openJira({ project: 'OTHER' });
    const { request, id } = await hidden(open, { project: 'HELP' });
    expect(await open.target.findPush?.(request, context())).toMatchObject({ id });
  });

  it('are not asked for where a template made no key of a project', async () => {
    const open = await openJira();
    const fields = { project: 'HELP" OR project = "SECRET' };
    expect(await open.target.findPush?.(pushRequest({ fields }), context())).toBeUndefined();
    expect(open.running.searches).toBe(1);
  });

  it('are read so far and no farther', async () => {
    const open = await openJira();
    await neighbours(open, 1, 40);
    const { request } = await hidden(open);
    expect(await open.target.findPush?.(request, context())).toBeUndefined();
    expect(readings(open)).toBe(20);
    const empty = await openJira();
    expect(await empty.target.findPush?.(request, context())).toBeUndefined();
    expect(readings(empty)).toBe(10);
  });

  it('are not read where the search has the issue', async () => {
    const open = await openJira();
    await neighbours(open, 3);
    const request = pushRequest();
    await open.target.push(request, context());
    expect(await open.target.findPush?.(request, context())).toMatchObject({ id: 'HELP-4' });
    expect(readings(open)).toBe(0);
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
