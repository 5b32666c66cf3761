import { describe, expect, it } from 'vitest';
import fogbugz from '../../../adapters/fogbugz/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { FOGBUGZ_TOKEN } from '../../support/fogbugz/server.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { openFogBugz } from './source.ts';

describe.each(['xml', 'json'] as const)('by the %s API', (api) => {
  const link = (url: string, id: number) => (api === 'xml' ? `${url}/default.asp?${id}` : `${url}/f/cases/${id}`);

  it('a request becomes a case', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    const request = pushRequest({ title: 'Drucker brennt – 1. Stock 🔥', body: 'Zeile 1\nZeile 2: größer & <b>' });
    expect(await target.push(request, context())).toEqual({ id: '101', link: link(fogBugz.url, 101) });
    expect(fogBugz.made).toHaveLength(1);
    expect(fogBugz.made[0]).toMatchObject({
      columns: { sTitle: request.title, sProject: 'Inbox', sScoutDescription: request.reference },
      events: [request.body],
      tags: [],
    });
  });

  it('with every field, by name', async () => {
    const { fogBugz, target } = await openFogBugz(
      { api },
      { extra: { sVersion: '{{xRequest}}', sComputer: '{{none}}' } },
    );
    const fields = {
      project: 'Support & Sales',
      area: 'Printers',
      milestone: '3.1 "Beta"',
      category: 'Inquiry',
      priority: 'Must fix',
      assignee: "Conan O'Brien",
      tags: 'from helpspot, printer,, printer',
      due: '2026-12-24T18:00:00+01:00',
    };
    await target.push(pushRequest({ fields }), context());
    expect(fogBugz.made[0]).toMatchObject({
      columns: {
        ...{ sProject: 'Support & Sales', sArea: 'Printers', sFixFor: '3.1 "Beta"', sCategory: 'Inquiry' },
        ...{
          sPriority: 'Must fix',
          sPersonAssignedTo: "Conan O'Brien",
          dtDue: '2026-12-24T17:00:00Z',
          sVersion: '12400',
        },
      },
      tags: ['from helpspot', 'printer'],
    });
    expect(fogBugz.made[0]?.columns).not.toHaveProperty('sComputer');
    expect(target.log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('with every field, by number', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    const fields = {
      project: '12',
      area: '4',
      milestone: '3',
      category: '2',
      priority: '1',
      assignee: '5',
      due: '2026-12-24',
    };
    await target.push(pushRequest({ fields }), context());
    expect(fogBugz.made[0]?.columns).toMatchObject({
      ...{ sProject: 'Support & Sales', ixArea: '4', ixFixFor: '3', sCategory: 'Feature', sPriority: 'Must fix' },
      ...{ sPersonAssignedTo: "Conan O'Brien", dtDue: '2026-12-24T00:00:00Z' },
    });
  });

  it('with files, as they are', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    const files = [
      { name: 'naïve "plan"\r\n.png', type: 'image/png', url: undefined, bytes: Buffer.from([0, 13, 10, 255]) },
      { name: 'log.txt', type: '', url: 'https://help.example.com/file', bytes: undefined },
      { name: 'empty.txt', type: 'text/plain', url: undefined, bytes: new Uint8Array() },
    ];
    await target.push(pushRequest({ files, body: 'One\nTwo' }), context());
    const [made] = fogBugz.made;
    expect(made?.files.map(({ part, name, type }) => [part, name, type])).toEqual([
      ['File1', 'naïve "plan"\r\n.png', 'image/png'],
      ['File2', 'empty.txt', 'text/plain'],
    ]);
    expect(made?.files[0]?.bytes).toEqual(Buffer.from([0, 13, 10, 255]));
    expect(made?.events[0]?.replaceAll('\r\n', '\n')).toBe('One\nTwo');
  });

  it('details have what the manual shows', async () => {
    const { fogBugz, target } = await openFogBugz({ api }, { show: ['sVersion', 'ixProject'] });
    const fields = { project: '12', area: 'Printers', assignee: '5' };
    const { id } = await target.push(pushRequest({ fields }), context());
    const details = await target.details?.(id, context());
    expect(details).toMatchObject({ title: 'Printer on fire', link: link(fogBugz.url, 101) });
    expect(Object.fromEntries(details?.rows.map(({ label, value }) => [label, value]) ?? [])).toEqual({
      ...{ Case: { href: link(fogBugz.url, 101), text: '101' }, Open: true, Status: 'Active' },
      ...{ 'Assigned to': "Conan O'Brien", Project: 'Support & Sales', Area: 'Printers', Milestone: 'Undecided' },
      ...{
        Category: 'Bug',
        Priority: 'Fix if time',
        'Latest text': 'The printer on floor 3 is on fire.\n\nPlease help.',
      },
      ...{ sVersion: undefined, ixProject: '12' },
      ...{ 'Latest change': 'Opened by Gateway', Changed: new Date('2026-11-20T14:24:06Z') },
    });
    fogBugz.made[0] && Object.assign(fogBugz.made[0].columns, { fOpen: 'false', sStatus: 'Closed (Fixed)' });
    const rows = (await target.details?.(id, context()))?.rows;
    expect(rows).toContainEqual({ label: 'Open', value: false });
    expect(rows).toContainEqual({ label: 'Status', value: 'Closed (Fixed)' });
  });

  it('there are no details of what is gone', async () => {
    const { target } = await openFogBugz({ api });
    expect(await target.details?.('7', context())).toBeUndefined();
  });

  it.each(['scout', 'tag'] as const)('a push is found by its %s, and no other', async (reference) => {
    const { fogBugz, target } = await openFogBugz({ api }, { reference });
    const request = pushRequest({ fields: { tags: 'printer' } });
    expect(await target.findPush?.(request, context())).toBeUndefined();
    await target.push(pushRequest(), context());
    await target.push({ ...pushRequest(), reference: `${request.reference}-2` }, context());
    expect(await target.findPush?.(request, context())).toBeUndefined();
    const receipt = await target.push(request, context());
    expect(await target.findPush?.(request, context())).toEqual(receipt);
    expect(receipt.id).toBe('103');
    expect(fogBugz.made[2]?.tags).toEqual(reference === 'tag' ? ['printer', request.reference] : ['printer']);
  });

  it('check proves that the account may write', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    await target.check(context());
    for (const project of fogBugz.desk.projects) project.writable = false;
    expect(await failureOf(target.check(context()))).toMatchObject({
      kind: 'unauthorized',
      message: 'FogBugz lets the account of the source write to no project',
    });
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/^FogBugz refused "new" \(error 13\): .*Insufficient permissions$/),
    });
  });

  it('a case in another project than asked for is told to the administrator', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    await target.push(pushRequest({ fields: { project: 'Secret' } }), context());
    expect(fogBugz.made[0]?.columns['sProject']).toBe('Inbox');
    const warnings = target.log.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([{ fields: { case: '101' }, message: expect.stringContaining('another project') }]);
  });

  it('what FogBugz does not know is refused in its words', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    expect(await failureOf(target.push(pushRequest({ fields: { assignee: 'Nobody' } }), context()))).toMatchObject({
      kind: 'rejected',
      unsent: true,
      message: expect.stringMatching(/^FogBugz refused "new" \(error 18\): .*No such user$/),
    });
    expect(await failureOf(target.push(pushRequest({ fields: { due: 'tomorrow' } }), context()))).toMatchObject({
      kind: 'rejected',
      unsent: true,
      message: 'the field "due" has no date in it; write it like 2026-05-31',
    });
    expect(fogBugz.made).toHaveLength(0);
  });
});

describe('the XML API', () => {
  it('is where api.xml says', async () => {
    const { fogBugz, target } = await openFogBugz({ apiUrl: 'api.asp?id=trial7&' });
    await target.check(context());
    await target.check(context());
    const { url } = fogBugz;
    expect(fogBugz.http.received.map(({ url }) => url.href)).toEqual([
      `${url}/api.xml`,
      `${url}/api.asp?id=trial7`,
      `${url}/api.asp?id=trial7`,
    ]);
  });

  it.each([
    [{ version: 2 }, 'FogBugz speaks version 2 of its API, and the gateway 3 to 8'],
    [{ version: 12, minVersion: 10 }, 'FogBugz speaks version 10 and later of its API, and the gateway 3 to 8'],
  ])('of %j is not spoken', async (options, message) => {
    const { target } = await openFogBugz(options);
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject({
      kind: 'rejected',
      unsent: true,
      message,
    });
  });

  it('at another origin is not asked', async () => {
    const { target } = await openFogBugz({ apiUrl: 'https://elsewhere.example.com/api.asp?' });
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({
      kind: 'bad-response',
      message: expect.stringContaining('https://elsewhere.example.com'),
    });
    expect(JSON.stringify(failure)).not.toContain(FOGBUGZ_TOKEN);
  });
});

describe('settings', () => {
  const url = 'https://example.fogbugz.com';
  const messagesOf = (given: object) =>
    fogbugz.settings.safeParse(given).error?.issues.map(({ path, message }) => [path[0], message]);

  it('want one way to log in', () => {
    expect(messagesOf({ url })).toEqual([['token', expect.stringContaining('is missing')]]);
    expect(messagesOf({ url, token: 't', email: 'e', password: 'p' })).toEqual([
      ['token', expect.stringContaining('one way')],
    ]);
    expect(messagesOf({ url, email: 'e' })).toEqual([['password', 'is missing beside email']]);
    expect(messagesOf({ url, token: 't' })).toBeUndefined();
  });

  it('keep what the gateway sets itself out of the extra columns', () => {
    expect(messagesOf({ url, token: 't', extra: { token: 'x' } })).toHaveLength(1);
    expect(messagesOf({ url, token: 't', extra: { 'a&b': 'x' } })).toHaveLength(1);
    expect(
      messagesOf({ url, token: 't', extra: { plugin_customfields_at_fogcreek_com_building: '{{Custom1}}' } }),
    ).toBeUndefined();
  });
});
