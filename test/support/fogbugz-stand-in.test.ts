/** The stand-in for FogBugz refuses what FogBugz refuses. */
import { expect, it, onTestFinished } from 'vitest';
import { FOGBUGZ_ACCOUNT, FOGBUGZ_TOKEN, type FogBugzOptions, startFogBugz } from './fogbugz/server.ts';

async function start(options: FogBugzOptions = {}) {
  const fogBugz = await startFogBugz(options);
  onTestFinished(() => fogBugz.close());
  const xml = async (params: Record<string, string>) => {
    const answer = await fetch(`${fogBugz.url}/api.asp`, { method: 'POST', body: new URLSearchParams(params) });
    return await answer.text();
  };
  const json = async (body: object) => {
    const answer = await fetch(`${fogBugz.url}/f/api/0/jsonapi`, { method: 'POST', body: JSON.stringify(body) });
    return await answer.json();
  };
  return { fogBugz, xml, json };
}

const token = FOGBUGZ_TOKEN;

it('speaks XML', async () => {
  const { fogBugz, xml } = await start();
  expect(await (await fetch(`${fogBugz.url}/api.xml`)).text()).toContain('<url>api.asp?</url>');
  expect(await xml({ cmd: 'search', q: '1' })).toContain('<error code="3">');
  expect(await xml({ cmd: 'logon', ...FOGBUGZ_ACCOUNT, password: 'wrong' })).toContain('<error code="1">');
  expect(await xml({ cmd: 'logon', ...FOGBUGZ_ACCOUNT })).toContain(
    '<token><![CDATA[logon-1-of-the-gateway]]></token>',
  );
  expect(await xml({ cmd: 'new', token, sTitle: 'A ]]> B', cols: 'sTitle,sProject' })).toContain(
    '<case ixBug="101" operations="edit,assign,resolve,email"><ixBug><![CDATA[101]]></ixBug>' +
      '<sTitle><![CDATA[A ]]]]><![CDATA[> B]]></sTitle><sProject><![CDATA[Inbox]]></sProject></case>',
  );
  expect(await xml({ cmd: 'new', token, sPersonAssignedTo: 'Nobody' })).toContain('<error code="18">');
  expect(await xml({ cmd: 'search', token, q: '7' })).toContain('<cases count="0"></cases>');
});

it('speaks JSON, and wants its types', async () => {
  const { json } = await start();
  expect(await json({ cmd: 'search', q: '1' })).toMatchObject({
    errors: [{ code: '3', message: 'Error 3: Not logged on' }],
  });
  expect(await json({ cmd: 'new', token, ixProject: '12' })).toMatchObject({ errors: [{ code: '10' }] });
  expect(await json({ cmd: 'search', token, q: '1', cols: 'sTitle' })).toMatchObject({ errors: [{ code: '10' }] });
  expect(await json({ cmd: 'new', token, ixProject: 12, cols: ['sProject'] })).toMatchObject({
    data: { case: { ixBug: 101, sProject: 'Support & Sales' } },
    errors: [],
  });
});

it('counts a second report with the same description, and makes no second case', async () => {
  const { fogBugz, xml } = await start();
  await xml({ cmd: 'new', token, sTitle: 'One', sScoutDescription: 'x' });
  expect(await xml({ cmd: 'new', token, sTitle: 'Two', sScoutDescription: 'x' })).toContain('<case ixBug="101"');
  expect(fogBugz.made).toHaveLength(1);
  expect(await xml({ cmd: 'listScoutCase', token, sScoutDescription: 'y' })).toContain('<error code="5">');
});

it('tells of an ambiguous logon, and ends logons', async () => {
  const { fogBugz, xml } = await start();
  fogBugz.desk.accounts = ['John Hancock', 'Fred Astaire'];
  expect(await xml({ cmd: 'logon', ...FOGBUGZ_ACCOUNT })).toContain('<person><![CDATA[John Hancock]]></person>');
  await xml({ cmd: 'logon', email: 'Fred Astaire', password: FOGBUGZ_ACCOUNT.password });
  expect(fogBugz.desk.openLogons).toBe(1);
  await xml({ cmd: 'logoff', token: 'logon-1-of-the-gateway' });
  expect(fogBugz.desk.openLogons).toBe(0);
});
