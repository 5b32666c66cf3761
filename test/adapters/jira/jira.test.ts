import { describe, expect, it } from 'vitest';
import jira from '../../../adapters/jira/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { adfText } from '../../support/jira/validation.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { onlyIssue, openDataCenter, openJira } from './source.ts';

const CUSTOM = {
  customfield_10010: ' one\nline ',
  customfield_10011: 'two\n\nparagraphs',
  customfield_10012: '12.5',
  customfield_10013: 'Red',
  customfield_10014: 'Red, Blue',
  customfield_10015: 'Boston#-#8th',
  customfield_10016: '1795250000',
  customfield_10017: '2026-11-21T09:30:00Z',
  customfield_10019: 'a, b',
};

it.each([
  [255, []],
  [256, ['a label is longer than Jira takes, and was cut']],
])('a label of %i characters', async (length, said) => {
  const { target } = await openJira();
  await target.push(pushRequest({ fields: { labels: `vip, ${'x'.repeat(length)}` } }), context());
  const warned = target.log.lines.filter(({ level }) => level === 'warn');
  expect(warned.map(({ message }) => message)).toEqual(said);
});

describe('an issue in Jira Cloud', () => {
  it('has title, body, reference, link back and every field', async () => {
    const { running, target } = await openJira();
    const fields = {
      ...CUSTOM,
      ...{ issuetype: 'Bug', priority: 'High', labels: 'help desk, vip', assignee: '5b109f2e9729b51b54dc274d' },
      ...{ components: 'Web, 10200', duedate: '2026-12-01', parent: 'HELP-1', customfield_10018: 'abc' },
    };
    const request = pushRequest({ body: 'See https://x.example/a_b.\nLine 2\n\nBye', fields });
    const receipt = await target.push(request, context());
    expect(receipt).toEqual({ id: 'HELP-1', link: `${running.url}/browse/HELP-1` });
    const issue = onlyIssue(running);
    expect(issue.fields).toMatchObject({
      project: { key: 'HELP' },
      issuetype: { name: 'Bug' },
      summary: 'Printer on fire',
      priority: { name: 'High' },
      labels: ['help_desk', 'vip', request.reference],
      assignee: { accountId: '5b109f2e9729b51b54dc274d' },
      components: [{ name: 'Web' }, { id: '10200' }],
      duedate: '2026-12-01',
      parent: { key: 'HELP-1' },
      customfield_10010: 'one line',
      customfield_10012: 12.5,
      customfield_10013: { value: 'Red' },
      customfield_10014: [{ value: 'Red' }, { value: 'Blue' }],
      customfield_10015: { value: 'Boston', child: { value: '8th' } },
      customfield_10016: '2026-11-21',
      customfield_10017: '2026-11-21T09:30:00.000+0000',
      customfield_10018: { accountId: 'abc' },
      customfield_10019: ['a', 'b'],
    });
    expect(adfText(issue.fields['customfield_10011'])).toBe('two\n\nparagraphs');
    const { description } = issue.fields;
    expect(adfText(description)).toBe(
      'See https://x.example/a_b.\nLine 2\n\nBye\n\nHelpSpot request 12400: https://help.example.com/admin?pg=request&reqid=12400',
    );
    expect(JSON.stringify(description)).toContain('"marks":[{"type":"link","attrs":{"href":"https://x.example/a_b"}}]');
    expect([...issue.links]).toEqual([
      [`helpspot=${request.link?.href}`, { url: request.link?.href, title: 'HelpSpot request 12400' }],
    ]);
    expect(target.log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('carries files', async () => {
    const { running, target } = await openJira();
    const bytes = Buffer.from([0, 1, 13, 10, 255]);
    const files = [
      { name: 'naïve "plan"\r\n.png', type: 'image/png', url: undefined, bytes },
      { name: '../../x', type: 'text/x\r\nX-Evil: 1', url: undefined, bytes: Buffer.from('--boundary') },
      { name: 'not sent', type: '', url: 'https://help.example.com/f', bytes: undefined },
    ];
    await target.push(pushRequest({ files }), context());
    expect(onlyIssue(running).attachments).toEqual([
      { filename: 'naïve _plan_ .png', size: 5, bytes, type: 'image/png' },
      { filename: '.._.._x', size: 10, bytes: Buffer.from('--boundary'), type: 'application/octet-stream' },
    ]);
  });

  it('is made all the same when the link back and the files cannot be', async () => {
    const { running, target } = await openJira();
    running.mayLink = false;
    expect(await target.push(pushRequest(), context())).toMatchObject({ id: 'HELP-1' });
    expect(target.log.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'an issue is made, but its link back is not' }),
    );
  });

  it('is not longer than Jira takes', async () => {
    const { running, target } = await openJira({ longestDescription: 2_000 });
    await target.push(pushRequest({ title: `${'🔥'.repeat(200)}`, body: 'a line\n'.repeat(10_000) }), context());
    const { summary, description } = onlyIssue(running).fields;
    expect(summary).toBe(`${'🔥'.repeat(126)}…`);
    expect(adfText(description).length).toBeLessThanOrEqual(2_000);
    expect(adfText(description)).toMatch(/a line\n\n\[\d+ more characters are left out\]\n\nHelpSpot request 12400: /);
  });

  it('has a field without a body when there is nothing to say', async () => {
    const { running, target } = await openJira();
    await target.push(pushRequest({ body: '', link: undefined }), context());
    expect(onlyIssue(running).fields).not.toHaveProperty('description');
  });

  it('asks for the types of custom fields once, and again for one that it does not know', async () => {
    const { running, target } = await openJira();
    const asked = () => running.standIn.received.filter(({ path }) => path.endsWith('/field')).length;
    await target.push(pushRequest({ fields: { customfield_10012: '1' } }), context());
    await target.push(pushRequest({ fields: { customfield_10012: '2' } }), context());
    expect(asked()).toBe(1);
    const failure = await failureOf(target.push(pushRequest({ fields: { customfield_99: 'x' } }), context()));
    expect(failure).toMatchObject({ kind: 'rejected', message: expect.stringContaining('no field customfield_99') });
    expect(asked()).toBe(2);
    expect(running.issues).toHaveLength(2);
  });
});

describe('a field', () => {
  it.each([
    [{ prio: 'High' }, '"prio" is no field of a push to Jira'],
    [{ constructor: 'x' }, '"constructor" is no field of a push to Jira'],
    [{ customfield_10012: 'a lot' }, 'the field customfield_10012 of Jira takes a number, not "a lot"'],
    [{ customfield_10016: 'soon' }, 'takes a date such as 2026-11-21, or a Unix time, not "soon"'],
    [{ customfield_10020: 'x' }, 'sd-approvals, which cannot be pushed'],
  ])('%j cannot be pushed, and nothing is sent', async (fields, words) => {
    const { running, target } = await openJira();
    const failure = await failureOf(target.push(pushRequest({ fields }), context()));
    expect(failure).toMatchObject({ kind: 'rejected', unsent: true, message: expect.stringContaining(words) });
    expect(running.issues).toEqual([]);
  });
});

describe('an issue in Jira Data Center', () => {
  it('is text, in version 2, and names people', async () => {
    const { running, target } = await openDataCenter();
    const fields = { assignee: 'ada', customfield_10018: 'ada', customfield_10011: 'a *b*' };
    const request = pushRequest({ body: 'Hello {code} [~admin]\n-- \nhttps://x.example/a_b', fields });
    expect(await target.push(request, context())).toMatchObject({ id: 'HELP-1' });
    expect(onlyIssue(running).fields).toMatchObject({
      assignee: { name: 'ada' },
      customfield_10018: { name: 'ada' },
      customfield_10011: 'a \\*b\\*',
      labels: [request.reference],
      description:
        'Hello \\{code\\} \\[\\~admin\\]\n\\-\\- \n[https://x.example/a_b]\n\n' +
        'HelpSpot request 12400: [https://help.example.com/admin?pg=request&reqid=12400]',
    });
    await target.check(context());
    expect(await target.details?.('HELP-1', context())).toMatchObject({ title: 'HELP-1 Printer on fire' });
  });

  it('is plain where wiki markup is not shown, and takes a password', async () => {
    const { running } = await openDataCenter();
    const { target } = await openDataCenter({ markup: 'none' });
    await target.push(pushRequest({ body: '{code}', link: undefined }), context());
    const settings = { ...running.settings, token: undefined, user: 'ada', password: 'secret' };
    expect(jira.settings.safeParse(settings).success).toBe(true);
  });

  it('stays within the limit when every character is escaped', async () => {
    const { running, target } = await openDataCenter({ reference: 'description' });
    const request = pushRequest({ body: '*'.repeat(40_000) });
    await target.push(request, context());
    const description = String(onlyIssue(running).fields['description']);
    expect(description.length).toBeLessThanOrEqual(30_000);
    expect(description.length).toBeGreaterThan(25_000);
    expect(description.endsWith(`\n\nReference: ${request.reference}`)).toBe(true);
    expect(description).toMatch(/\[\d+|\\\[\d+ more characters are left out/);
  });
});

describe('how it stands', () => {
  it('is told in rows, without our own label', async () => {
    const { running, target } = await openJira({ pages: 'https://issues.example.com/' });
    const fields = { labels: 'vip', assignee: '5b109f2e9729b51b54dc274d', priority: 'Low', duedate: '2026-12-01' };
    const { id, link } = await target.push(pushRequest({ fields, reference: 'hs-m3v9x2-8c1f00112233' }), context());
    expect(link).toBe('https://issues.example.com/browse/HELP-1');
    Object.assign(onlyIssue(running), { status: 'Done', resolution: 'Fixed' });
    expect(await target.details?.(id, context())).toEqual({
      title: 'HELP-1 Printer on fire',
      link,
      rows: [
        { label: 'Status', value: 'Done' },
        { label: 'Resolution', value: 'Fixed' },
        { label: 'Assigned to', value: 'Ada Lovelace' },
        { label: 'Type', value: 'Task' },
        { label: 'Priority', value: 'Low' },
        { label: 'Labels', value: ['vip'] },
        { label: 'Due', value: '2026-12-01' },
        { label: 'Updated', value: new Date('2026-11-20T09:00:00Z') },
      ],
    });
  });

  it('is nothing for an issue that is gone', async () => {
    const { target } = await openJira();
    expect(await target.details?.('HELP-9', context())).toBeUndefined();
  });
});

describe('the settings', () => {
  const mistakes = (settings: object) =>
    jira.settings.safeParse({ url: 'https://x.example', project: 'HELP', ...settings }).error?.issues ?? [];

  it.each([
    [{ user: 'a' }, ['token']],
    [{ token: 'a' }, ['user']],
    [{ user: 'a', token: 'b', password: 'c' }, ['password']],
    [{ edition: 'data-center' }, ['token']],
    [{ edition: 'data-center', password: 'a' }, ['user']],
    [{ edition: 'data-center', token: 'a', user: 'b', password: 'c' }, ['password']],
    [{ user: 'a', token: 'b', project: 'help "x"' }, ['project']],
  ])('refuse %j', (settings, path) => {
    expect(mistakes(settings)).toMatchObject([{ path }]);
  });
});
