/** Being logged on to FogBugz: with a token, or with a password; and what nobody may read. */

import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import { FOGBUGZ_ACCOUNT } from '../../support/fogbugz/server.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { openFogBugz } from './source.ts';

const PASSWORD_LOGIN = { token: undefined, ...FOGBUGZ_ACCOUNT };

describe.each(['xml', 'json'] as const)('by the %s API', (api) => {
  it('logs on once with e-mail and password, again when it must, and off at the end', async () => {
    const { fogBugz, target } = await openFogBugz({ api }, PASSWORD_LOGIN);
    await Promise.all([target.check(context()), target.push(pushRequest(), context()), target.check(context())]);
    expect(fogBugz.desk.logons).toBe(1);
    fogBugz.desk.forgetLogons();
    await target.push(pushRequest(), context());
    expect(fogBugz.made).toHaveLength(2);
    expect([fogBugz.desk.logons, fogBugz.desk.openLogons]).toEqual([2, 1]);
    await target.close?.();
    expect(fogBugz.desk.openLogons).toBe(0);
  });

  it('never logs a token off that somebody made, and says when it is no good', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    await target.check(context());
    await target.close?.();
    expect(fogBugz.http.received.map(({ body }) => body.toString())).not.toContainEqual(
      expect.stringContaining('logoff'),
    );
    const { target: other, fogBugz: strict } = await openFogBugz({ api }, { token: 'revoked' });
    expect(await failureOf(other.push(pushRequest(), context()))).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('Not logged on'),
      remedy: 'make a new API token and write it as token of the source',
    });
    // The same token again would be refused again.
    expect(strict.http.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('wrong and ambiguous logons say what to do', async () => {
    const { fogBugz, target } = await openFogBugz({ api }, { ...PASSWORD_LOGIN, password: 'wrong-password' });
    const failure = await failureOf(target.check(context()));
    expect(failure).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('(error 1)') });
    expect(JSON.stringify([failure, target.log.lines])).not.toContain('wrong-password');

    const other = await openFogBugz({ api }, PASSWORD_LOGIN);
    other.fogBugz.desk.accounts = ['John Hancock', 'Fred Astaire'];
    expect(await failureOf(other.target.push(pushRequest(), context()))).toMatchObject({
      kind: 'unauthorized',
      unsent: true,
      remedy: 'write one of these as email of the source: John Hancock, Fred Astaire',
    });
    expect(fogBugz.made).toHaveLength(0);
  });

  it('what FogBugz repeats of our credentials is not told', async () => {
    const { fogBugz, target } = await openFogBugz({ api }, PASSWORD_LOGIN);
    await target.check(context());
    const { password } = FOGBUGZ_ACCOUNT;
    const words = `no: logon-1-of-the-gateway ${password} ${Buffer.from(password).toString('base64')}`;
    fogBugz.http.faults = [
      { status: 404, body: words },
      api === 'xml'
        ? { body: `<response><error code="13">${words}</error></response>` }
        : { body: { data: null, errors: [{ message: words, code: '13' }] } },
    ];
    for (const kind of ['rejected', 'unauthorized']) {
      const failure = await failureOf(target.push(pushRequest(), context()));
      expect(failure).toMatchObject({ kind, message: expect.stringMatching(/: no: \*\*\* \*\*\* \*\*\*$/) });
    }
  });

  it('no credentials are in an address or a log', async () => {
    const { fogBugz, target } = await openFogBugz({ api }, PASSWORD_LOGIN);
    await target.push(pushRequest(), context());
    const addresses = fogBugz.http.received.map(({ url }) => url.href).join(' ');
    expect(`${addresses} ${JSON.stringify(target.log.lines)}`).not.toMatch(/logon-1|logon-password|tok3n/);
  });

  it('a reading command is sent again after a cut, a new case is not', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    await target.check(context());
    fogBugz.http.faults = ['cut-after'];
    const before = fogBugz.http.received.length;
    await target.check(context());
    expect(fogBugz.http.received).toHaveLength(before + 2);
  });

  it('what breaks off while logging on has made nothing for certain', async () => {
    const { fogBugz, target } = await openFogBugz({ api }, { token: undefined, ...FOGBUGZ_ACCOUNT });
    // JSON begins with the logon, XML with api.xml, which is asked three times.
    fogBugz.http.faults = ['cut-after', 'cut-after', 'cut-after'];
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true });
    fogBugz.http.faults = [];
    await target.push(pushRequest(), context());
    expect(fogBugz.made).toHaveLength(1);
  });

  it('a search that FogBugz refuses is no "not found"', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    await target.check(context());
    const broken =
      api === 'xml'
        ? { body: '<response><error code="0">FogBugz not initialized</error></response>' }
        : { status: 400, body: { data: null, errors: [{ message: 'Error 0: FogBugz not initialized', code: 0 }] } };
    fogBugz.http.faults = [broken];
    expect(await failureOf(target.findPush?.(pushRequest(), context()))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('not initialized'),
    });
  });
});
