/** What Jira says no to, in the check and in a push. */
import { describe, expect, it } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { openDataCenter, openJira } from './source.ts';

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
});
