import { describe, expect, it } from 'vitest';
import jira from '../../../adapters/jira/index.ts';
import { surelyNotDone, withDeadline } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';
import { onlyIssue, openDataCenter, openJira } from './source.ts';

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

describe('the check', () => {
  it('proves account, project, issue type and permission, and makes nothing', async () => {
    const { running, target } = await openJira();
    await target.check(context());
    expect(running.standIn.received.every(({ method }) => method === 'GET')).toBe(true);
  });

  it.each([
    [{ token: 'ATATT-wrong' }, 'unauthorized', 'must be authenticated'],
    [{ project: 'SECRET' }, 'rejected', 'no project SECRET'],
    [{ issueType: 'Wish' }, 'rejected', 'no issue type Wish; it has Task, Bug'],
    [{ edition: 'data-center', user: undefined }, 'unauthorized', '401'],
  ])('refuses %j', async (more, kind, words) => {
    const { target } = await openJira(more);
    expect(await failureOf(target.check(context()))).toMatchObject({ kind, message: expect.stringContaining(words) });
  });

  it('refuses an account that may not make issues', async () => {
    const { running, target } = await openJira();
    running.mayCreate = false;
    const failure = await failureOf(target.check(context()));
    expect(failure).toMatchObject({ kind: 'unauthorized', remedy: 'give it the permission Create issues' });
  });
});

describe("a refusal is surely not done, and has Jira's words", () => {
  const refusalOf = async (fields: Record<string, string>, more: object = {}) => {
    const { running, target } = await openJira(more);
    const failure = await failureOf(target.push(pushRequest({ fields }), context()));
    expect(surelyNotDone(failure)).toBe(true);
    expect(running.issues).toEqual([]);
    return failure;
  };

  it('for several fields', async () => {
    expect(await refusalOf({ priority: 'Blocker', assignee: 'nobody' })).toMatchObject({
      kind: 'rejected',
      message:
        'Jira answered 400: assignee: User cannot be assigned issues.; priority: Specify a valid value for priority',
    });
  });

  it('for a project that is not there, or not for us', async () => {
    expect(await refusalOf({}, { project: 'OTHER' })).toMatchObject({
      remedy: expect.stringContaining('check project'),
    });
  });

  it('for an issue type without labels', async () => {
    const { running, target } = await openJira();
    running.hasLabels = false;
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'rejected', remedy: expect.stringContaining('reference: description') });
  });

  it('for a wrong token, without the token', async () => {
    const token = 'ATATT-a-wrong-token';
    const basic = Buffer.from(`x:${token}`).toString('base64');
    const { running, target } = await openJira({ token });
    const first = await failureOf(target.push(pushRequest(), context()));
    expect(first).toMatchObject({ kind: 'unauthorized', remedy: expect.stringContaining('API tokens') });
    running.standIn.faults = [{ status: 403, body: { errorMessages: [`the token ${token} (${basic}) may not`] } }];
    const second = await failureOf(target.push(pushRequest(), context()));
    expect(second).toMatchObject({ kind: 'unauthorized', remedy: expect.stringContaining('Create issues') });
    expect(second.message).not.toContain(basic.slice(6, -4));
    expect(JSON.stringify([first.message, second.message, target.log.lines])).not.toContain(token);
  });

  it('for a login that wants a CAPTCHA', async () => {
    const { running, target } = await openDataCenter();
    running.standIn.faults = [
      { status: 403, headers: { 'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE; login-url=x' } },
    ];
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ remedy: expect.stringContaining('CAPTCHA') });
  });

  it('for a sign-in page in between, and for another address', async () => {
    const { running, target } = await openJira();
    running.standIn.faults = [
      { status: 302, headers: { location: '/login.jsp' } },
      { status: 302, headers: { location: 'https://id.example.com/saml?x=1' } },
      { status: 301, headers: { location: 'https://issues.example.com/rest/api/3/issue' } },
    ];
    const push = () => failureOf(target.push(pushRequest(), context()));
    expect(await push()).toMatchObject({ kind: 'unauthorized' });
    expect(await push()).toMatchObject({ kind: 'unauthorized' });
    expect(await push()).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('https://issues.example.com'),
    });
  });

  it('when it throttles', async () => {
    const { running, target } = await openJira();
    running.standIn.faults = [{ status: 429, headers: { 'retry-after': '40' } }];
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 40_000 });
    expect(surelyNotDone(failure)).toBe(true);
  });
});

describe('a failure', () => {
  it.each([
    ['garbage', 'bad-response'],
    ['cut-within', 'unreachable'],
    [{ status: 500, body: { errorMessages: ['Internal server error'] } }, 'bad-response'],
    [{ status: 200, body: '<html>Sign in</html>' }, 'bad-response'],
    [{ status: 201, body: { key: '../x' } }, 'bad-response'],
  ] as const)('%j leaves it open whether the issue was made', async (fault, kind) => {
    const { running, target } = await openJira();
    running.standIn.faults = [fault];
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind });
    expect(surelyNotDone(failure)).toBe(false);
  });

  it('by silence ends at the deadline', async () => {
    const { running, target } = await openJira();
    running.standIn.faults = ['hang'];
    const failure = await failureOf(within(300, (signal) => target.push(pushRequest(), { signal, reference: 'test' })));
    expect(failure).toMatchObject({ kind: 'timeout', unsent: false });
    await running.standIn.openSoMany(0);
  });

  it('of nobody listening is surely not done', async () => {
    const settings = { url: 'http://127.0.0.1:1', project: 'HELP', user: 'a', token: 'b' };
    const target = await openTarget(jira, settings);
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject({ kind: 'unreachable', unsent: true });
  });

  it('after the issue was made is none of the push', async () => {
    const { running, target } = await openJira();
    // The issue goes well, its link back does not.
    running.standIn.faults = [{ delayMs: 0 }, 'garbage'];
    expect(await target.push(pushRequest(), context())).toMatchObject({ id: 'HELP-1' });
    onlyIssue(running);
  });
});
