/** An LDAP client for the tests of the servers themselves; closed when the test is done. */
import { readFile } from 'node:fs/promises';
import { Client } from 'ldapts';
import { onTestFinished } from 'vitest';
import type { DirectoryServer } from './server.ts';

/** Long enough for the slowest machine; only a test that fails waits for it. */
export const PATIENCE_MS = 20_000;

/** One that has not connected yet, and trusts the server's authority. */
export async function clientOf(server: DirectoryServer, url = server.tlsUrl, timeout = PATIENCE_MS): Promise<Client> {
  const tlsOptions = { ca: await readFile(server.caFile) };
  const options = { url, timeout, connectTimeout: PATIENCE_MS };
  // With `tlsOptions` ldapts speaks TLS at once, whatever the address says.
  const client = new Client(url.startsWith('ldaps:') ? { ...options, tlsOptions } : options);
  onTestFinished(() => client.unbind().catch(() => {}));
  return client;
}

/** One that is bound as the service account. */
export async function bound(server: DirectoryServer, url = server.tlsUrl): Promise<Client> {
  const client = await clientOf(server, url);
  await client.bind(server.bindDn, server.bindPassword);
  return client;
}

/** One attribute of each entry, sorted. */
export async function values(client: Client, base: string, filter: string, attribute: string): Promise<string[]> {
  const { searchEntries } = await client.search(base, { filter, attributes: [attribute], paged: true });
  return searchEntries.flatMap((entry) => [entry[attribute] ?? []].flat().map(String)).sort();
}
