import { expect, it, onTestFinished } from 'vitest';
import { startGithub } from './github.ts';

async function started() {
  const github = await startGithub();
  onTestFinished(() => github.standIn.close());
  const ask = async (path: string, json?: object, more: Record<string, string> = {}) => {
    const { token } = github.settings;
    const headers = { authorization: `Bearer ${token}`, 'x-github-api-version': '2026-03-10', ...more };
    const request = json === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(json) };
    const answer = await fetch(github.url + path, { ...request, redirect: 'manual' });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };
  return { github, ask };
}

it('the stand-in for GitHub makes issues, lists them and shows them', async () => {
  const { github, ask } = await started();
  const path = '/repos/example/website/issues';
  expect(await ask(path, { title: 'a', labels: ['bug'], assignees: ['octocat'], milestone: 3 })).toMatchObject({
    status: 201,
    body: { number: 1, state: 'open', labels: [{ name: 'bug' }], assignees: [{ login: 'octocat' }] },
  });
  expect((await ask(`${path}?creator=octocat`)).body).toEqual([]);
  expect((await ask(`${path}?creator=helpspot-bot&since=2020-01-01T00:00:00Z`)).body).toHaveLength(1);
  expect((await ask(`${path}/1`)).body).toMatchObject({ title: 'a', milestone: { title: 'v1.0' } });
  expect(github.issues).toHaveLength(1);
});

it('the stand-in for GitHub refuses what GitHub refuses', async () => {
  const { github, ask } = await started();
  const path = '/repos/example/website/issues';
  const statuses = [
    await ask(path, { title: '' }),
    await ask(path, { title: 'x'.repeat(257) }),
    await ask(path, { title: 'a', body: 'x'.repeat(65_537) }),
    await ask(path, { title: 'a', assignees: ['nobody'] }),
    await ask(path, { title: 'a', milestone: 99 }),
    await ask('/repos/example/secret/issues', { title: 'a' }),
    await ask('/repos/example/old/issues', { title: 'a' }),
    await ask(path, { title: 'a' }, { authorization: 'Bearer wrong' }),
    await ask(path, { title: 'a' }, { 'x-github-api-version': '2020-01-01' }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([422, 422, 422, 422, 422, 404, 301, 401, 400]);
  github.repository.hasIssues = false;
  expect((await ask(path, { title: 'a' })).status).toBe(410);
  expect(github.issues).toEqual([]);
});
