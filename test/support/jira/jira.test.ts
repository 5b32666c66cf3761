import { describe, expect, it, onTestFinished } from 'vitest';
import { startJira } from './jira.ts';
import { adfText } from './validation.ts';

async function started(edition: 'cloud' | 'data-center') {
  const jira = await startJira(edition);
  onTestFinished(() => jira.standIn.close());
  const { user, token } = jira.settings;
  const basic = `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
  const known = { authorization: edition === 'cloud' ? basic : `Bearer ${token}` };
  const ask = async (path: string, json?: object, headers: Record<string, string> = known) => {
    const request = json === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(json) };
    const answer = await fetch(jira.url + path, request);
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  };
  return { jira, ask };
}

const BASE = { project: { key: 'HELP' }, issuetype: { name: 'Task' }, summary: 'a' };

describe('the stand-in for Jira Cloud', () => {
  it('makes issues, finds those that are in the index, and shows them', async () => {
    const { jira, ask } = await started('cloud');
    const text = { type: 'text', text: 'b' };
    const description = {
      type: 'doc',
      version: 1,
      content: [{ type: 'paragraph', content: [text, { type: 'hardBreak' }, text] }],
    };
    const made = await ask('/rest/api/3/issue', { fields: { ...BASE, description, labels: ['hs-1'] } });
    expect(made).toMatchObject({ status: 201, body: { key: 'HELP-1' } });
    expect(adfText(jira.issues[0]?.fields['description'])).toBe('b\nb');
    const find = { jql: 'labels = "hs-1" ORDER BY created ASC', fields: ['labels'] };
    expect((await ask('/rest/api/3/search/jql', find)).body).toMatchObject({ issues: [{ key: 'HELP-1' }] });
    expect((await ask('/rest/api/3/issue/HELP-1')).body).toMatchObject({ fields: { status: { name: 'To Do' } } });
  });

  it('shows a new issue by its key at once, and in searches when the index has it', async () => {
    const { jira, ask } = await started('cloud');
    jira.searchLagMs = 400;
    const made = performance.now();
    await ask('/rest/api/3/issue', { fields: { ...BASE, labels: ['hs-1'] } });
    const newest = { jql: 'project = "HELP" ORDER BY key DESC', fields: ['labels'] };
    const label = { jql: 'labels = "hs-1" ORDER BY created ASC', fields: ['labels'] };
    const found = async (find: object) => (await ask('/rest/api/3/search/jql', find)).body.issues.length;
    expect([await found(newest), await found(label)]).toEqual([0, 0]);
    expect((await ask('/rest/api/3/issue/HELP-1')).body).toMatchObject({ key: 'HELP-1', fields: { labels: ['hs-1'] } });
    await expect.poll(() => found(label)).toBe(1);
    expect(performance.now() - made).toBeGreaterThanOrEqual(400);
    expect(await found(newest)).toBe(1);
    jira.unindexed.add('HELP-1');
    expect([await found(newest), await found(label)]).toEqual([0, 0]);
  });

  it('counts keys up, gives none of them twice, and knows a moved issue by the key that it had', async () => {
    const { jira, ask } = await started('cloud');
    const make = async () => (await ask('/rest/api/3/issue', { fields: BASE })).body.key;
    expect([await make(), await make()]).toEqual(['HELP-1', 'HELP-2']);
    const [first] = jira.issues.splice(0);
    expect([await make(), (await ask('/rest/api/3/issue/HELP-2')).status]).toEqual(['HELP-3', 404]);
    if (first !== undefined) jira.issues.push({ ...first, key: 'OTHER-7' });
    jira.moved.set('HELP-1', 'OTHER-7');
    expect(await ask('/rest/api/3/issue/HELP-1')).toMatchObject({ status: 200, body: { key: 'OTHER-7' } });
    const newest = { jql: 'project = "HELP" ORDER BY key DESC', fields: [], maxResults: 20 };
    expect((await ask('/rest/api/3/search/jql', newest)).body.issues).toMatchObject([{ key: 'HELP-3' }]);
    const unknown = { jql: 'project = "NONE" ORDER BY key DESC' };
    expect(await ask('/rest/api/3/search/jql', unknown)).toMatchObject({ status: 400 });
  });

  it('refuses what Jira refuses', async () => {
    const { jira, ask } = await started('cloud');
    const errorsOf = async (fields: object) =>
      (await ask('/rest/api/3/issue', { fields: { ...BASE, ...fields } })).body.errors;
    expect(await errorsOf({ summary: '' })).toHaveProperty('summary');
    expect(await errorsOf({ summary: 'a\nb' })).toHaveProperty('summary');
    expect(await errorsOf({ description: 'a text' })).toHaveProperty('description');
    expect(await errorsOf({ labels: ['a b'] })).toHaveProperty('labels');
    expect(await errorsOf({ assignee: { name: 'ada' } })).toHaveProperty('assignee');
    expect(await errorsOf({ customfield_10012: '1' })).toHaveProperty('customfield_10012');
    expect(await errorsOf({ colour: 'red' })).toHaveProperty('colour');
    expect(await ask('/rest/api/3/issue/HELP-9')).toMatchObject({ status: 404 });
    expect(await ask('/rest/api/3/myself', undefined, {})).toMatchObject({ status: 401 });
    expect(await ask('/rest/api/3/issue/HELP-9/attachments', {})).toMatchObject({ status: 404 });
    expect(jira.issues).toEqual([]);
  });
});

it('the stand-in for Jira Data Center takes texts, and knows version 2', async () => {
  const { jira, ask } = await started('data-center');
  expect(await ask('/rest/api/2/issue', { fields: { ...BASE, description: 'a text' } })).toMatchObject({ status: 201 });
  expect(await ask('/rest/api/3/myself')).toMatchObject({ status: 404 });
  expect(await ask('/rest/api/2/issue/HELP-1/attachments', {})).toMatchObject({ status: 403 });
  expect(jira.issues).toHaveLength(1);
});
