import { describe, expect, it } from 'vitest';
import activecollab from '../../../adapters/activecollab/index.ts';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { COLLAB_ACCOUNT } from '../../support/activecollab/server.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { openCollab } from './source.ts';

const PASSWORD_LOGIN = { token: undefined, ...COLLAB_ACCOUNT };

describe('a task of the current API', () => {
  it('has title, text and reference', async () => {
    const { collab, target } = await openCollab();
    const request = pushRequest({ title: 'Drucker brennt 🔥', body: '<p>Zeile &amp; <b>mehr</b></p>' });
    expect(await target.push(request, context())).toEqual({ id: '7/21', link: `${collab.url}/projects/7/tasks/21` });
    expect(collab.made).toMatchObject([
      {
        ...{ project: 7, name: 'Drucker brennt 🔥', assignee: 0, labels: [], isImportant: false, due: null },
        body: `<p>Zeile &amp; <b>mehr</b></p>\n<p>${request.reference}</p>`,
      },
    ]);
  });

  it.each([
    ['by name', { task_list: 'inbox', assignee: 'jane@EXAMPLE.com' }],
    ['by full name', { task_list: 'Inbox', assignee: 'Jane Smith' }],
    ['by number', { task_list: '4', assignee: '9' }],
  ])('has every field, %s', async (_how, names) => {
    const { collab, target } = await openCollab();
    const fields = { ...names, project: '7', labels: 'From HelpSpot, new,, new', important: 'yes', due: '2026-12-24' };
    await target.push(pushRequest({ fields }), context());
    expect(collab.made[0]).toMatchObject({
      ...{ assignee: 9, list: 4, labels: ['FROM HELPSPOT', 'NEW'], isImportant: true, due: '2026-12-24' },
    });
  });

  it('can go to another project than the one of the source', async () => {
    const { collab, target } = await openCollab({}, { project: undefined });
    expect(await target.push(pushRequest({ fields: { project: '8' } }), context())).toMatchObject({ id: '8/21' });
    expect(collab.made[0]?.project).toBe(8);
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject({
      kind: 'rejected',
      unsent: true,
      message: 'the field "project" is missing, and the source has none; the number is in the address of the project',
    });
  });

  it.each([
    [
      { assignee: 'nobody@example.com' },
      'the field "assignee" names nobody and nothing that ActiveCollab shows to the account',
    ],
    [{ task_list: 'Nowhere' }, 'the field "task_list" names nobody and nothing that ActiveCollab shows to the account'],
    [{ important: 'perhaps' }, 'the field "important" is neither yes nor no'],
    [{ due: 'soon' }, 'the field "due" has no day in it; write it like 2026-05-31'],
    [{ due: '2026-13-45' }, 'the field "due" has no day in it; write it like 2026-05-31'],
    [{ project: '../8' }, 'the field "project" has no number in it; the number is in the address of the project'],
    [{ project: '99' }, 'ActiveCollab answered 404 to POST /api/v1/projects/99/tasks: Not found'],
    [{ assignee: '77' }, 'ActiveCollab answered 500 to the new task: Validation failed; assignee_id: Not a member'],
  ])('with %j is refused', async (fields, message) => {
    const { collab, target } = await openCollab();
    expect(await failureOf(target.push(pushRequest({ fields }), context()))).toMatchObject({
      kind: 'rejected',
      message,
    });
    expect(collab.made).toHaveLength(0);
  });

  it('a name that two people have wants a number', async () => {
    const { collab, target } = await openCollab();
    collab.house.users.push({ id: 11, email: 'other@example.com', name: 'JANE SMITH' });
    expect(await failureOf(target.push(pushRequest({ fields: { assignee: 'jane smith' } }), context()))).toMatchObject({
      kind: 'rejected',
      message: 'the field "assignee" is the name of 2; write the number',
    });
  });

  it('shows how it stands', async () => {
    const { collab, target } = await openCollab();
    const fields = { task_list: 'Inbox', assignee: '9', labels: 'new', important: '1', due: '2026-12-24' };
    const { id } = await target.push(pushRequest({ fields }), context());
    const details = await target.details?.(id, context());
    expect(details).toMatchObject({ title: 'Printer on fire', link: `${collab.url}/projects/7/tasks/21` });
    const rowsNow = async () => {
      const rows = (await target.details?.(id, context()))?.rows ?? [];
      return Object.fromEntries(
        rows.filter(({ value }) => value !== undefined).map(({ label, value }) => [label, value]),
      );
    };
    expect(await rowsNow()).toEqual({
      ...{ Status: 'Open', 'Assigned to': 'Jane Smith', 'Task list': 'Inbox', Important: true, Due: '2026-12-24' },
      ...{ Labels: ['NEW'], Comments: 0 },
    });
    const [task] = collab.made;
    if (task !== undefined) task.isCompleted = true;
    expect(await rowsNow()).toMatchObject({ Status: 'Completed', Completed: new Date('2015-04-27T19:57:43Z') });
    if (task !== undefined) task.isTrashed = true;
    expect(await rowsNow()).toMatchObject({ Status: 'In the trash' });
  });

  it('that is gone has no details', async () => {
    const { target } = await openCollab();
    expect(await target.details?.('7/99', context())).toBeUndefined();
  });
});

describe.each([false, true])('the search for a push (lists without texts: %s)', (listsWithoutTexts) => {
  it.each(['current', 'classic'] as const)('finds it among others, completed or not (%s)', async (api) => {
    const { collab, target } = await openCollab({ api, listsWithoutTexts });
    const request = pushRequest();
    expect(await target.findPush?.(request, context())).toBeUndefined();
    await target.push(pushRequest(), context());
    const receipt = await target.push(request, context());
    expect(await target.findPush?.(request, context())).toEqual(receipt);
    const [, task] = collab.made;
    if (task !== undefined) task.isCompleted = true;
    expect(await target.findPush?.(request, context())).toEqual(receipt);
    expect(await target.findPush?.({ ...request, fields: { project: '8' } }, context())).toBeUndefined();
  });
});

it('the search reads every page', async () => {
  const { collab, target } = await openCollab();
  collab.house.fill(250);
  const request = pushRequest();
  const receipt = await target.push(request, context());
  expect(await target.findPush?.(request, context())).toEqual(receipt);
  expect(collab.http.received.filter(({ method }) => method === 'GET').map(({ url }) => url.search)).toEqual([
    '?page=1',
    '?page=2',
    '?page=3',
  ]);
});

it('a search that does not come to the end is no "not found"', async () => {
  const { collab, target } = await openCollab();
  collab.house.fill(5_001);
  expect(await failureOf(target.findPush?.(pushRequest(), context()))).toMatchObject({
    kind: 'bad-response',
    message: 'the list tasks of ActiveCollab has more than 5000 entries',
  });
});

describe('the account of the current API', () => {
  it('check proves it, and the project', async () => {
    const { target } = await openCollab();
    await target.check(context());
    await (await openCollab({}, { project: undefined })).target.check(context());
    expect(await failureOf((await openCollab({}, { project: 99 })).target.check(context()))).toMatchObject({
      kind: 'rejected',
      message: 'ActiveCollab answered 404 to GET /api/v1/projects/99: Not found',
    });
    for (const project of [undefined, 7]) {
      const { target: wrong } = await openCollab({}, { project, token: '1-wrong' });
      expect(await failureOf(wrong.check(context()))).toMatchObject({
        kind: 'unauthorized',
        message: expect.stringContaining('Authentication error'),
      });
    }
  });

  it('gets a token with e-mail and password, once, and another one when that is revoked', async () => {
    const { collab, target } = await openCollab({}, PASSWORD_LOGIN);
    await Promise.all([target.check(context()), target.push(pushRequest(), context())]);
    expect(collab.house.issues).toBe(1);
    collab.house.revokeTokens();
    await target.push(pushRequest(), context());
    expect([collab.house.issues, collab.made.length]).toEqual([2, 2]);
  });

  it('a wrong password is said in the words of ActiveCollab, and not itself', async () => {
    const { collab, target } = await openCollab({}, { ...PASSWORD_LOGIN, password: 'wrong-password' });
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({
      kind: 'unauthorized',
      unsent: true,
      message: 'ActiveCollab issues no token for the account (500): Invalid password',
    });
    expect(JSON.stringify([failure, target.log.lines])).not.toContain('wrong-password');
    expect(collab.made).toHaveLength(0);
  });
});

describe('what ActiveCollab repeats of our credentials is not told', () => {
  it.each([
    ['issues a token', '/issue-token', 500],
    ['takes a task', '/tasks', 500],
    ['takes a task, and refuses', '/tasks', 422],
  ])('when it %s', async (_, path, status) => {
    const { collab, target } = await openCollab({}, PASSWORD_LOGIN);
    if (path === '/tasks') await target.check(context());
    const { password } = PASSWORD_LOGIN;
    const message = `no: ${password} ${encodeURIComponent(password)} ${Buffer.from(password).toString('base64')}`;
    collab.http.faults = [{ status, body: { type: 'Error', message } }];
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ message: expect.stringMatching(/: no: \*\*\* \*\*\* \*\*\*$/) });
    expect(collab.http.received.at(-1)?.path).toContain(path);
    expect(JSON.stringify(target.log.lines)).not.toContain(password);
  });
});

describe('settings', () => {
  const url = 'https://projects.example.com';
  const messagesOf = (given: object) =>
    activecollab.settings.safeParse(given).error?.issues.map(({ path, message }) => [path[0], message]);

  it('want one way to log in', () => {
    expect(messagesOf({ url })).toEqual([['token', expect.stringContaining('is missing')]]);
    expect(messagesOf({ url, token: 't', email: 'e', password: 'p' })).toEqual([
      ['token', expect.stringContaining('one way')],
    ]);
    expect(messagesOf({ url, email: 'e' })).toEqual([['password', 'is missing beside email']]);
    expect(messagesOf({ url, password: 'p', email: undefined, token: undefined })).toEqual([
      ['token', expect.anything()],
    ]);
    expect(messagesOf({ url, api: 'classic', email: 'e', password: 'p' })).toEqual([
      ['email', expect.stringContaining('classic')],
    ]);
    expect(messagesOf({ url, token: 't' })).toBeUndefined();
  });
});

describe('on the way to a task of the current API', () => {
  it('what breaks off while names are looked up has made nothing for certain', async () => {
    const { collab, target } = await openCollab();
    collab.http.faults = ['cut-after', 'cut-after', 'cut-after'];
    const failure = await failureOf(target.push(pushRequest({ fields: { assignee: 'Jane Smith' } }), context()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true });
    expect(surelyNotDone(failure)).toBe(true);
  });

  it('what breaks off while a token is issued, too', async () => {
    const { collab, target } = await openCollab({}, { token: undefined, ...COLLAB_ACCOUNT });
    collab.http.faults = ['cut-after'];
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject({ kind: 'unreachable', unsent: true });
    await target.push(pushRequest(), context());
    expect(collab.made).toHaveLength(1);
  });
});
