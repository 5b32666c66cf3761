/** The stand-in for ActiveCollab refuses what ActiveCollab refuses. */
import { expect, it, onTestFinished } from 'vitest';
import { COLLAB_ACCOUNT, COLLAB_TOKEN, type CollabOptions, startActiveCollab } from './activecollab/server.ts';

async function start(options: CollabOptions = {}) {
  const collab = await startActiveCollab(options);
  onTestFinished(() => collab.close());
  return collab;
}

const headers = { 'X-Angie-AuthApiToken': COLLAB_TOKEN };

async function ask(url: string, body?: unknown, more: Record<string, string> = headers) {
  const init =
    body === undefined ? {} : { method: 'POST', body: body instanceof URLSearchParams ? body : JSON.stringify(body) };
  const answer = await fetch(url, { ...init, headers: more });
  return { status: answer.status, body: JSON.parse((await answer.text()) || 'null') };
}

it('the current API', async () => {
  const { url, made } = await start();
  const api = `${url}/api/v1`;
  expect(await ask(`${api}/projects/names`, undefined, {})).toMatchObject({ status: 401 });
  const login = { username: COLLAB_ACCOUNT.email, password: 'x', client_name: 'a', client_vendor: 'b' };
  expect(await ask(`${api}/issue-token`, login)).toEqual({
    status: 500,
    body: { type: 'ApiSubscriptionError', message: 'Invalid password' },
  });
  const { body } = await ask(`${api}/issue-token`, { ...login, password: COLLAB_ACCOUNT.password });
  const issued = { 'X-Angie-AuthApiToken': String(body.token) };
  expect(await ask(`${api}/projects/names`, undefined, issued)).toMatchObject({ status: 200, body: { 7: 'Support' } });
  expect(await ask(`${api}/projects/99/tasks`, { name: 'x' })).toMatchObject({ status: 404 });
  expect(await ask(`${api}/projects/7/tasks`, { name: ' ', assignee_id: '9', due_on: 'soon' })).toMatchObject({
    status: 500,
    body: {
      type: 'ValidationErrors',
      field_errors: { name: ['Task name is required'], assignee_id: ['Not a member'], due_on: ['Not a day'] },
    },
  });
  expect(made).toHaveLength(0);
  expect(await ask(`${api}/projects/7/tasks`, { name: 'One', labels: ['new'] })).toMatchObject({
    body: { single: { id: 21, project_id: 7, labels: [{ name: 'NEW' }] }, task_list: { name: 'Development' } },
  });
});

it('lists by the hundred', async () => {
  const { url, house } = await start();
  house.fill(101);
  expect((await ask(`${url}/api/v1/projects/7/tasks`)).body.tasks).toHaveLength(100);
  expect((await ask(`${url}/api/v1/projects/7/tasks?page=2`)).body.tasks).toHaveLength(1);
});

it('the classic API', async () => {
  const { url } = await start({ api: 'classic' });
  const at = (path: string, token: string = COLLAB_TOKEN) =>
    `${url}/public/api.php?${new URLSearchParams({ path_info: path, token, format: 'json' })}`;
  expect(await ask(at('/projects', 'x'))).toMatchObject({ status: 403 });
  expect(await ask(at('/projects/7/tickets'))).toEqual({ status: 200, body: null });
  const form = new URLSearchParams({ 'ticket[name]': 'One' });
  expect((await fetch(at('/projects/7/tickets/add'), { method: 'POST', body: form })).status).toBe(400);
  form.set('submitted', 'submitted');
  expect(await ask(at('/projects/7/tickets/add'), form, {})).toMatchObject({
    body: { id: '21', ticket_id: 1, name: 'One' },
  });
  expect(await ask(at('/projects/7/tickets/1'))).toMatchObject({ body: { name: 'One' } });
});
