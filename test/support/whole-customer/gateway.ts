/** A gateway over the whole customer, asked over HTTP. */
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { listen } from '../../../src/http/listen.ts';
import { recordedLog } from '../log.ts';
import { temporaryFolder } from '../temp.ts';
import { readLookup } from '../xml.ts';
import { KEY, type WholeOptions, wholeConfiguration } from './configuration.ts';
import { SALES_CSV } from './people.ts';
import type { WholeSystems } from './systems.ts';

/** When the sales list was written. */
export const SALES_AT = new Date('2026-01-02T03:04:05Z');

export type Parameters = Readonly<Record<string, string>>;

/** Starts one; it ends with the test. */
export async function startWholeGateway(systems: WholeSystems, options: WholeOptions = {}) {
  const folder = await temporaryFolder();
  const sales = join(folder, 'sales.csv');
  await writeFile(sales, SALES_CSV);
  await utimes(sales, SALES_AT, SALES_AT);
  const file = join(folder, 'gateway.yaml');
  await writeFile(file, wholeConfiguration(systems, options));
  const log = recordedLog();
  const gateway = createGateway(await loadConfiguration(file, adapters, {}), { log });
  const server = await listen(gateway);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  const url = `${server.url}/k/${encodeURIComponent(KEY)}/livelookup`;
  /** Of all that is asked the XML, what HelpSpot reads of it, and how long it took. Milliseconds. */
  const ask = async (parameters: Parameters, lookup = 'default') => {
    const started = performance.now();
    const answer = await fetch(`${url}/${lookup}?${new URLSearchParams(parameters)}`);
    const xml = await answer.text();
    const { customers, columns } = readLookup(xml);
    return { status: answer.status, xml, customers, columns, milliseconds: performance.now() - started };
  };
  /** The same as JSON, with its provenance. */
  const json = async (parameters: Parameters, lookup = 'default', init: RequestInit = {}) => {
    const address = `${server.url}/api/lookups/${lookup}?${new URLSearchParams({ ...parameters, provenance: '1' })}`;
    const answer = await fetch(address, { headers: { authorization: `Basic ${btoa(`helpspot:${KEY}`)}` }, ...init });
    return { status: answer.status, body: await answer.text(), allow: answer.headers.get('allow') };
  };
  return { gateway, log, url, ask, json };
}

export type WholeGateway = Awaited<ReturnType<typeof startWholeGateway>>;
