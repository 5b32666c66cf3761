/** The Graph of ours lets in, lists and fails as Microsoft documents that its own does. Above each group stands where. */
import { createHash, createSign, randomUUID, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { selfSigned } from './certificates.ts';
import { errorOf, folder, graph, idsOf, names, refused, send, signIn, users } from './graph/documented.ts';
import { guid, makePeople } from './graph/people.ts';
import { clientId, tenantId } from './graph/server.ts';

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
describe('the token endpoint', () => {
  test('gives a token for the secret', async () => {
    expect(await signIn()).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', expires_in: 3599, access_token: expect.stringMatching(/^eyJ/) },
    });
  });

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    ['an unknown application', { client_id: 'other' }, 400, 'unauthorized_client', 700016],
    ['a scope without .default', { scope: 'https://graph.microsoft.com/User.Read' }, 400, 'invalid_scope', 1002012],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ])('refuses %s', async (_, changes, status, error, code) => {
    const answer = await signIn(changes);
    expect(answer).toMatchObject({ status, body: { error, error_codes: [code] } });
    expect(answer.body['error_description']).toMatch(new RegExp(`^AADSTS${code}: .* Trace ID: `));
  });

  test('refuses an expired secret, and an unknown tenant', async () => {
    graph.registration.secrets.set('old', { isExpired: true });
    expect((await signIn({ client_secret: 'old' })).body).toMatchObject({ error_codes: [7000222] });
    const discovery = await send('/other/v2.0/.well-known/openid-configuration');
    expect(discovery).toMatchObject({ status: 400, body: { error: 'invalid_tenant', error_codes: [90002] } });
  });

  /** https://learn.microsoft.com/entra/identity-platform/certificate-credentials#assertion-format */
  test('takes an assertion that a registered certificate has signed', async () => {
    const { certificate, key } = await selfSigned(folder, 'client', { rsa: true });
    const thumbprint = createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const signed = (claims: object) => {
      const body = `${encode({ alg: 'RS256', typ: 'JWT', 'x5t#S256': thumbprint })}.${encode(claims)}`;
      return { client_assertion: `${body}.${createSign('sha256').update(body).sign(key, 'base64url')}` };
    };
    const aud = `${graph.origin}/${tenantId}/oauth2/v2.0/token`;
    const claims = { aud, iss: clientId, sub: clientId, jti: randomUUID(), exp: Date.now() / 1000 + 300 };
    expect((await signIn(signed(claims))).body).toMatchObject({ error_codes: [700027] });
    graph.registration.certificates.push(certificate);
    expect((await signIn(signed(claims))).status).toBe(200);
    expect((await signIn(signed({ ...claims, exp: 1 }))).body).toMatchObject({ error_codes: [700024] });
    expect((await signIn(signed({ ...claims, aud: 'https://other' }))).body).toMatchObject({ error_codes: [700023] });
    const forged = { client_assertion: signed(claims).client_assertion.replace(/.{4}$/, 'AAAA') };
    expect((await signIn(forged)).body).toMatchObject({ error_codes: [700027] });
  });
});

/** https://learn.microsoft.com/graph/errors and https://learn.microsoft.com/graph/resolve-auth-errors */
describe('access to users', () => {
  const withToken = (token: string) => send('/v1.0/users', { Authorization: `Bearer ${token}` });

  test('needs a token that is good', async () => {
    expect(errorOf(await send('/v1.0/users'))).toMatchObject({ status: 401, code: 'InvalidAuthenticationToken' });
    expect(errorOf(await withToken('other'))).toMatchObject({ status: 401, code: 'InvalidAuthenticationToken' });
    const token = String((await signIn()).body['access_token']);
    expect((await withToken(token)).status).toBe(200);
    graph.revokeTokens();
    expect((await withToken(token)).status).toBe(401);
  });

  test('needs the permission', async () => {
    graph.registration.hasPermission = false;
    expect(await refused('$top=1')).toMatchObject({
      status: 403,
      code: 'Authorization_RequestDenied',
      message: 'Insufficient privileges to complete the operation.',
    });
  });
});

/** https://learn.microsoft.com/graph/api/user-list#examples */
describe('listing users', () => {
  test('shows the default properties', async () => {
    const { body } = await users('');
    expect(Object.keys(Object(body['value'])[0])).toHaveLength(11);
    expect(Object(body['value'])[1]).toMatchObject({
      businessPhones: ['425-555-0100'],
      mail: null,
      surname: 'Administrator',
    });
  });

  test('example 4: one user with a count', async () => {
    const answer = await users("$filter=startswith(displayName,'m')&$orderby=displayName&$count=true&$top=1", true);
    expect(answer.body).toMatchObject({ '@odata.count': 2, value: [{ displayName: "Mary O'Brien" }] });
    expect(await refused("$filter=startswith(displayName,'m')&$orderby=displayName")).toMatchObject({
      message: 'Sorting not supported for current query.',
    });
  });

  test('example 5: the end of an address', async () => {
    const query = "$filter=endswith(mail,'mary@hotmail.com')&$orderby=userPrincipalName&$count=true";
    expect(await names(query, true)).toEqual(["Mary O'Brien"]);
  });

  test('the manager is expanded, but not in an advanced query', async () => {
    const query = '$select=id&$expand=manager($select=displayName)&$count=true';
    expect(Object((await users(query)).body['value'])[1]).toMatchObject({
      manager: { displayName: 'Conf Room Adams' },
    });
    expect(Object((await users(query, true)).body['value'])[1]).toEqual({ id: guid(2) });
  });

  /** https://learn.microsoft.com/graph/paging */
  test('gives pages with a link to the next', async () => {
    graph.people = makePeople(25);
    const { body: token } = await signIn();
    const seen: unknown[] = [];
    let path = '/v1.0/users?%24top=10&%24select=id';
    for (let page = 0; page < 5 && path !== ''; page += 1) {
      const answer = await send(path, { Authorization: `Bearer ${String(token['access_token'])}` });
      seen.push(...idsOf(answer));
      path = String(answer.body['@odata.nextLink'] ?? '').replace(graph.origin, '');
    }
    expect(seen).toEqual(graph.people.map(({ id }) => id));
  });

  test.each([
    ['$top=1000', "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."],
    ['$top=0', 'Must be between 1 and 999 inclusive.'],
    ['$skip=1', "'$skip' is not supported by the service."],
    ['$select=id,shoeSize', "Could not find a property named 'shoeSize' on type 'microsoft.graph.user'."],
    ['$selekt=id', "Unknown query option '$selekt'"],
    ['$top=1&$top=2', "Query option '$top' was specified more than once"],
    ['$expand=memberOf', "'memberOf' is not valid"],
  ])('refuses %s', async (query, message) => {
    expect(await refused(query)).toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });
});

describe('faults', () => {
  /** https://learn.microsoft.com/graph/throttling */
  test('throttles so many times', async () => {
    graph.fail('users', { kind: 'throttle', retryAfter: 10 }, 2);
    for (let time = 0; time < 2; time += 1) {
      const answer = await users('$top=1');
      expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '10' } });
      expect(errorOf(answer)).toMatchObject({ code: 'TooManyRequests' });
    }
    expect((await users('$top=1')).status).toBe(200);
  });

  test('cuts, and answers anything', async () => {
    graph.fail('users', { kind: 'cut' });
    await expect(users('$top=1')).rejects.toThrow();
    graph.fail('users', { kind: 'cut', midway: true });
    await expect(users('$top=1')).rejects.toThrow();
    graph.fail('token', { kind: 'answer', status: 500, body: '"x"' });
    expect((await signIn()).status).toBe(500);
  });

  test('starts again where it was', async () => {
    const { origin } = graph;
    await graph.stop();
    await expect(signIn()).rejects.toThrow();
    await graph.start();
    expect(graph.origin).toBe(origin);
    expect((await signIn()).status).toBe(200);
  });
});
