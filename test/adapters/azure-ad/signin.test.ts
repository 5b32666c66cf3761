/** The ways to sign in, what is said when one fails, and the settings. */

import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import azureAd from '../../../adapters/azure-ad/index.ts';
import { failureText } from '../../../src/gateway/failure.ts';
import { makeAuthority, selfSigned } from '../../support/certificates.ts';
import { clientSecret } from '../../support/graph/server.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { ask, context, found, graphForAll, openSource, settingsFor } from './source.ts';

const graph = await graphForAll();
const ONE = ask({ customer_id: 'E1001' });

afterEach(() => {
  graph.registration.secrets.set(clientSecret, { isExpired: false });
  vi.unstubAllEnvs();
});

async function problemOf(more: Readonly<Record<string, unknown>>): Promise<string> {
  const source = await openSource(graph, more);
  const failure: unknown = await source.check(context()).catch((error: unknown) => error);
  return failureText(failure);
}

describe('what is wrong is named, with what to do', () => {
  test('a wrong secret', async () => {
    const problem = await problemOf({ clientSecret: 'not-the-secret' });
    expect(problem).toContain('the client secret is not right (AADSTS7000215)');
    expect(problem).toContain('Certificates & secrets');
    expect(problem).not.toContain('not-the-secret');
  });

  test('an expired secret, and recovery with a new one', async () => {
    const source = await openSource(graph);
    expect(await found(source, ONE)).toEqual(['E1001']);
    graph.registration.secrets.set(clientSecret, { isExpired: true });
    graph.revokeTokens();
    const failure: unknown = await source.find(ONE, context()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'unauthorized' });
    expect(failureText(failure)).toContain(
      'the client secret has expired (AADSTS7000222); make a new one in the Entra portal',
    );
    graph.registration.secrets.set(clientSecret, { isExpired: false });
    expect(await found(source, ONE)).toEqual(['E1001']);
  });

  test('an unknown application', async () => {
    expect(await problemOf({ clientId: 'other' })).toContain(
      'the application (clientId) is unknown in the tenant (AADSTS700016)',
    );
  });

  test('an unknown tenant', async () => {
    expect(await problemOf({ tenantId: 'other.example' })).toContain('the tenant (tenantId) is unknown (AADSTS90002)');
  });

  test('a code that is not in our list keeps the words of Microsoft', async () => {
    const description = 'AADSTS999999: Something new. Trace ID: 1 Correlation ID: 2';
    graph.fail('token', {
      kind: 'answer',
      status: 400,
      body: JSON.stringify({ error: 'x', error_description: description }),
    });
    expect(await problemOf({})).toBe(
      'Microsoft Entra ID refused the sign-in: AADSTS999999: Something new; see https://login.microsoftonline.com/error?code=999999',
    );
  });

  test('an authority that is not trusted', async () => {
    const other = await makeAuthority(await temporaryFolder());
    expect(await problemOf({ ca: other.certificateFile })).toMatch(
      /the certificate of 127\.0\.0\.1:\d+ is not trusted \(\w+\); .*ca: proxy-ca\.pem/,
    );
  });

  test('a host that is not there', async () => {
    const problem = await problemOf({ authority: 'https://127.0.0.1:1' });
    expect(problem).toContain('127.0.0.1:1 cannot be reached (ECONNREFUSED)');
  });

  test('a file of authorities that is not there', async () => {
    await expect(openSource(graph, { ca: 'missing.pem' })).rejects.toMatchObject({
      message: expect.stringContaining('missing.pem cannot be read'),
      staffWords: 'is not set up correctly; tell your administrator',
    });
  });
});

describe('a certificate', () => {
  test('signs in, with an encrypted key too, and is read again when it is renewed', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'app.pem');
    const plain = await selfSigned(folder, 'plain', { rsa: true });
    await writeFile(file, plain.certificate + plain.key);
    expect(await problemOf({ certificate: file })).toContain(
      'the certificate is not known to the application (AADSTS700027)',
    );
    graph.registration.certificates.push(plain.certificate);
    const source = await openSource(graph, { certificate: file });
    expect(await found(source, ONE)).toEqual(['E1001']);

    const renewed = await selfSigned(folder, 'renewed', { rsa: true });
    graph.registration.certificates.splice(0, 1, renewed.certificate);
    await writeFile(file, renewed.certificate + renewed.key);
    graph.revokeTokens();
    expect(await found(source, ONE)).toEqual(['E1001']);

    const encrypted = await selfSigned(folder, 'encrypted', { rsa: true, passphrase: 'open sesame' });
    graph.registration.certificates.push(encrypted.certificate);
    await writeFile(file, encrypted.key + encrypted.certificate);
    const closed = await openSource(graph, { certificate: file, certificatePassword: 'open sesame' });
    expect(await found(closed, ONE)).toEqual(['E1001']);
    expect(await problemOf({ certificate: file })).toContain('write certificatePassword');
    expect(await problemOf({ certificate: file, certificatePassword: 'x' })).toContain('check certificatePassword');
  });

  test('without its key, or not there', async () => {
    const folder = await temporaryFolder();
    const { certificateFile } = await selfSigned(folder, 'alone', { rsa: true });
    expect(await problemOf({ certificate: certificateFile })).toContain(
      'has no "PRIVATE KEY"; put the certificate and',
    );
    expect(await problemOf({ certificate: join(folder, 'no.pem') })).toContain('no.pem cannot be read');
  });
});

describe('without a secret', () => {
  /** https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
  async function stubManagedIdentity(token: () => string): Promise<readonly string[]> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const isAllowed = request.headers['x-identity-header'] === 'the-header';
      const expires = Math.floor(Date.now() / 1000) + 3_600;
      response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ access_token: token(), expires_on: String(expires), resource: 'x', token_type: 'Bearer' }),
      );
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(
      () =>
        new Promise<void>((done) => {
          server.close(() => done());
          server.closeAllConnections();
        }),
    );
    const address: AddressInfo | string | null = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${port}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', 'the-header');
    return asked;
  }

  test('the managed identity of the machine', async () => {
    const asked = await stubManagedIdentity(() => graph.issue());
    const more = { credential: 'managed-identity', tenantId: undefined, clientId: undefined };
    expect(await found(await openSource(graph, more), ONE)).toEqual(['E1001']);
    expect(asked[0]).toContain(`resource=${encodeURIComponent(graph.origin)}`);
    const chosen = await openSource(graph, { ...more, clientId: 'the-identity' });
    expect(await found(chosen, ONE)).toEqual(['E1001']);
    expect(asked.at(-1)).toContain('client_id=the-identity');
  });

  test('a managed identity that refuses', async () => {
    await stubManagedIdentity(() => graph.issue());
    vi.stubEnv('IDENTITY_HEADER', 'another');
    const problem = await problemOf({ credential: 'managed-identity', tenantId: undefined, clientId: undefined });
    expect(problem).toContain('no credentials for Microsoft Entra ID: ManagedIdentityCredential');
    expect(problem).toContain('check that this machine has the managed identity');
  });

  test('the default chain, here with the environment', async () => {
    const { tenantId, clientId } = graph.registration;
    vi.stubEnv('AZURE_TENANT_ID', tenantId);
    vi.stubEnv('AZURE_CLIENT_ID', clientId);
    vi.stubEnv('AZURE_CLIENT_SECRET', clientSecret);
    const source = await openSource(graph, { credential: 'default', tenantId: undefined, clientId: undefined });
    expect(await found(source, ONE)).toEqual(['E1001']);
  });
});

describe('settings', () => {
  const mistakes = (more: Readonly<Record<string, unknown>>): readonly string[] => {
    const result = azureAd.settings.safeParse(settingsFor(graph, more));
    return (result.error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
  };

  test.each([
    [{ clientSecret: undefined }, 'clientSecret is missing; write clientSecret, certificate, or credential'],
    [{ certificate: 'a.pem', clientSecret: 'x' }, 'certificate stands beside clientSecret'],
    [{ tenantId: undefined }, 'tenantId is missing; copy it'],
    [{ tenantId: 'a/b' }, 'tenantId is neither an ID nor a domain'],
    [{ certificatePassword: 'x' }, 'certificatePassword goes with certificate only'],
    [{ credential: 'managed-identity' }, 'tenantId does not go with a managed identity'],
    [{ authority: 'http://login.microsoftonline.com' }, 'authority '],
    [{ graphUrl: 'https://graph.microsoft.com/v1.0' }, 'graphUrl has a path; write only https://HOST'],
    [{ filter: "mail eq 'x" }, 'filter has a text that does not end'],
    [{ fields: { room: 'office location' } }, 'fields.room'],
    [{ phoneFormats: ['+41'] }, 'phoneFormats.0 has no #'],
    [{ pageSize: 1_000 }, 'pageSize'],
  ])('%j is a mistake', (more, message) => {
    expect(mistakes(more).join('\n')).toContain(message);
  });

  test('national clouds are two addresses', () => {
    const cloud = { authority: 'https://login.microsoftonline.us/', graphUrl: 'https://graph.microsoft.us' };
    expect(azureAd.settings.parse(settingsFor(graph, cloud))).toMatchObject({
      authority: 'https://login.microsoftonline.us',
      graphUrl: 'https://graph.microsoft.us',
    });
    const { authority: _, graphUrl: __, ...rest } = settingsFor(graph);
    expect(azureAd.settings.parse(rest)).toMatchObject({
      authority: 'https://login.microsoftonline.com',
      graphUrl: 'https://graph.microsoft.com',
    });
  });

  test('every setting stands in the documentation', async () => {
    const text = await readFile(new URL('../../../docs/adapters/azure-ad.md', import.meta.url), 'utf8');
    const { shape } = azureAd.settings;
    for (const name of Object.keys(shape)) expect(text).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  });
});
