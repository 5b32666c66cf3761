import { describe, expect, it } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { openGithub } from './source.ts';

describe('an issue whose answer was lost', () => {
  it('is found once', async () => {
    const { running, target } = await openGithub();
    const request = pushRequest();
    running.standIn.faults = ['cut-after'];
    const failure = await failureOf(target.push(request, context()));
    expect(failure).toMatchObject({ kind: 'unreachable' });
    expect(surelyNotDone(failure)).toBe(false);
    for (let count = 0; count < 150; count += 1) await target.push(pushRequest(), context());
    expect(await target.findPush?.(request, context())).toEqual({
      id: '1',
      link: 'https://github.com/example/website/issues/1',
    });
    expect(await target.findPush?.(pushRequest(), context())).toBeUndefined();
    expect(running.issues.filter(({ body }) => body?.includes(request.reference))).toHaveLength(1);
  });

  it('is found when it was closed meanwhile, and with the token of an app', async () => {
    const { running, target } = await openGithub();
    running.isApp = true;
    const request = pushRequest();
    await target.push(request, context());
    for (const issue of running.issues) issue.state = 'closed';
    expect(await target.findPush?.(request, context())).toMatchObject({ id: '1' });
  });
});

describe('the check', () => {
  it('proves token and repository', async () => {
    const { target } = await openGithub();
    await target.check(context());
  });

  it.each([
    [{ token: 'github_pat_wrong' }, 'unauthorized', 'Bad credentials'],
    [{ repository: 'example/unknown' }, 'unauthorized', 'example/unknown'],
    [{ repository: 'example/old' }, 'rejected', 'is called example/website now'],
    [{ apiVersion: '2020-01-01' }, 'rejected', 'version is not supported'],
  ])('refuses %j', async (more, kind, words) => {
    const { target } = await openGithub(more);
    expect(await failureOf(target.check(context()))).toMatchObject({ kind, message: expect.stringContaining(words) });
  });

  it('refuses a repository that takes no issues', async () => {
    const { running, target } = await openGithub();
    running.repository.archived = true;
    expect(await failureOf(target.check(context()))).toMatchObject({ message: expect.stringContaining('is archived') });
    running.repository.archived = false;
    running.repository.hasIssues = false;
    expect(await failureOf(target.check(context()))).toMatchObject({ message: expect.stringContaining('turned off') });
  });
});

describe('a refusal is surely not done, and', () => {
  it('names the new place of a repository that has moved', async () => {
    const { running, target } = await openGithub({ repository: 'example/old' });
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'rejected', remedy: 'write repository: example/website' });
    expect(surelyNotDone(failure)).toBe(true);
    expect(running.issues).toEqual([]);
  });

  it('has the words of a field that GitHub does not take', async () => {
    const { target } = await openGithub();
    const failure = await failureOf(
      target.push(pushRequest({ fields: { assignees: 'nobody', milestone: '99' } }), context()),
    );
    expect(failure).toMatchObject({
      kind: 'rejected',
      message: 'GitHub answered 422: Validation Failed: assignees: invalid (nobody); milestone: invalid (99)',
    });
  });

  it('says that issues are turned off', async () => {
    const { running, target } = await openGithub();
    running.repository.hasIssues = false;
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('Issues are disabled'),
    });
  });

  it('waits until the limit of the hour begins afresh', async () => {
    const { running, target } = await openGithub();
    const reset = String(Math.floor(Date.now() / 1000) + 1_800);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    running.standIn.faults = [{ status: 403, headers, body: { message: 'API rate limit exceeded' } }];
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'rate-limited' });
    expect(Reflect.get(failure, 'retryAfterMs')).toBeGreaterThan(1_700_000);
  });

  it('tells what the token lacks, without the token', async () => {
    const { running, target } = await openGithub();
    const { token } = running.settings;
    const body = { message: `Resource not accessible by personal access token ${token}` };
    running.standIn.faults = [
      { status: 403, body },
      { status: 403, body, headers: { 'x-github-sso': 'required; url=https://github.com/orgs/x/sso' } },
    ];
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'unauthorized', remedy: expect.stringContaining('Issues: read and write') });
    const sso = await failureOf(target.push(pushRequest(), context()));
    expect(sso).toMatchObject({ remedy: expect.stringContaining('single sign-on') });
    expect(JSON.stringify([failure.message, sso.message, target.log.lines])).not.toContain(token);
  });
});
