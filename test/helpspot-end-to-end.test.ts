/**
 * A HelpSpot at both ends: its PHP asks, the customer comes from a directory with his other requests from that HelpSpot, all
 * by name, and a push makes a linked request there and writes its number back.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { createGateway } from '../src/gateway/gateway.ts';
import { listen } from '../src/http/listen.ts';
import { openLedger } from '../src/store/ledger.ts';
import { MANUAL_REQUEST } from './helpspot/pushed-examples.ts';
import { phpFile } from './http/push-server.ts';
import { requireOpenLdap } from './support/directory/availability.ts';
import { borrowOpenLdap } from './support/directory/openldap.ts';
import type { DirectoryServer } from './support/directory/server.ts';
import { type HelpSpotStandIn, startHelpSpot } from './support/helpspot/server.ts';
import { addRequest } from './support/helpspot/stored.ts';
import { recordedLog } from './support/log.ts';
import { reasonOf } from './support/packages.ts';
import { phpClient, requirePhp } from './support/php.ts';
import { ajaxClient } from './support/php-ajax.ts';
import { requirePhpCurl, runPushJobs } from './support/php-push.ts';
import { temporaryFolder } from './support/temp.ts';
import { tableIn } from './support/whole-customer/tables.ts';

const KEY = '4f1c9a7be2d85306a1b7c9d0e3f24586';
const php = await requirePhp();
const needs = [php, await requirePhpCurl(), await requireOpenLdap()];
const available = needs.find(({ ok }) => !ok) ?? php;
const command = php.ok ? php.path : '';

const BOB = { sUserId: 'C1001', sFirstName: 'Bob', sLastName: 'Smith', sEmail: 'bob.smith@example.com' };
/** The request that is open: a bug, active, with Jörg Müller. */
const OPEN = 12_500;

describe.skipIf(!available.ok)(`HelpSpot asks, and is asked${reasonOf(available)}`, () => {
  let directory: DirectoryServer;
  let desk: HelpSpotStandIn;

  beforeAll(async () => {
    [directory, desk] = await Promise.all([borrowOpenLdap({}), startHelpSpot()]);
    addRequest(desk.data, { ...BOB, xRequest: OPEN, sTitle: 'It <crashes>', xCategory: 2, xPersonAssignedTo: 3 });
    const other = { xRequest: 12_501, sTitle: 'It crashed before', xCategory: 2, xPersonAssignedTo: 2, xStatus: 6 };
    addRequest(desk.data, { ...BOB, ...other, dtGMTOpened: 1_790_000_000 });
    const closed = {
      xRequest: 12_502,
      sTitle: 'An offer',
      xCategory: 1,
      xPersonAssignedTo: 1,
      xStatus: 3,
      fOpen: false,
    };
    addRequest(desk.data, { ...BOB, ...closed, dtGMTOpened: 1_780_000_000 });
  });
  afterAll(async () => {
    await desk?.close();
    await directory?.stop();
  });

  async function start() {
    const { tlsUrl: url, caFile: ca, bindDn, bindPassword, suiteBaseDn: baseDn } = directory;
    const ldap = { url, tls: { ca }, bindDn, bindPassword, baseDn, attributes: { customer_id: 'employeeNumber' } };
    const helpspot = { adapter: 'helpspot', ...desk.settings, requestsPerSecond: 1000 };
    const own = { sEmail: '{{email}}' };
    const columns = {
      Request: 'xRequest',
      Subject: 'sTitle',
      Status: 'status',
      Category: 'category',
      Who: 'assigned_to',
    };
    const configuration = {
      // A busy machine must not turn an answer into "it did not answer in time".
      server: { port: 0, deadline: '20s' },
      access: { keys: [{ name: 'helpspot', secret: KEY }] },
      helpspot: { url: desk.url, source: 'helpdesk' },
      store: { file: 'gateway.db' },
      sources: {
        directory: { adapter: 'ldap', preset: 'openldap', ...ldap },
        helpdesk: { ...helpspot, writeBack: 'Custom7' },
        categories: { ...helpspot, list: 'categories' },
      },
      lookups: {
        default: {
          ...{ sources: 'directory', match: ['email'], patience: '15s' },
          related: {
            others: { source: 'helpdesk', where: own, except: { xRequest: '{{request}}' } },
            alike: {
              source: 'helpdesk',
              where: { ...own, category: '{{category}}' },
              except: { xRequest: '{{request}}' },
            },
          },
          fields: {
            ...{ customer_id: 'customer_id', first_name: 'first_name', last_name: 'last_name', email: 'email' },
            ...{ others: { table: 'others', columns }, alike: { count: 'alike' } },
          },
        },
      },
      ajax: {
        people: {
          source: 'categories',
          where: { sCategory: '{{category}}' },
          value: '{{xCategory}}',
          description: '{{sPersonList}}',
        },
      },
      push: {
        Linked: {
          source: 'helpdesk',
          title: '{{category}} of {{assigned_to}}: {{sTitle}}',
          fields: {
            category: 'Development',
            email: '{{sEmail}}',
            firstName: '{{sFirstName}}',
            lastName: '{{sLastName}}',
          },
        },
      },
    };
    const file = join(await temporaryFolder(), 'gateway.yaml');
    // JSON is YAML.
    await writeFile(file, JSON.stringify(configuration));
    const plan = await loadConfiguration(file, adapters, {});
    const log = recordedLog();
    const gateway = createGateway(plan, { log, openLedger: () => openLedger(plan.store.file) });
    const server = await listen(gateway);
    gateway.pushes.start();
    onTestFinished(async () => {
      await server.close();
      await gateway.close();
    });
    return { gateway, log, base: `${server.url}/k/${KEY}`, url: server.url };
  }

  it('what belongs together, by name, and makes another request of it', async () => {
    const { gateway, log, base, url } = await start();
    expect((await gateway.check()).filter(({ ok }) => !ok)).toEqual([]);
    const findings = await gateway.inspect();
    expect(findings.filter(({ sentence }) => !sentence.startsWith('stands in the file'))).toEqual([]);

    const parameters = { email: BOB.sEmail, request: `${OPEN}`, xCategory: '2', xStatus: '1', xPersonAssignedTo: '3' };
    const result = await phpClient(command).lookup({ mode: 'get', url: `${base}/livelookup`, parameters });
    const [customer = {}] = 'customers' in result ? result.customers : [];
    expect(customer).toMatchObject({ customer_id: 'C1001', first_name: 'Bob', last_name: 'Smith', alike: '1' });
    expect(tableIn(customer['others']).rows).toEqual([
      ['Request', 'Subject', 'Status', 'Category', 'Who'],
      ['12501', 'It crashed before', 'Escalated to Head Office', 'Bugs', 'Ian Landsman'],
      ['12502', 'An offer', 'Problem Solved', 'Account Inquiries', 'Tina Andrews'],
    ]);
    expect(customer).not.toHaveProperty('lookup_notice');

    const asked = { ...parameters, sEmail: BOB.sEmail, callingField: '' };
    expect(await ajaxClient(command).ask(`${base}/ajax/people`, asked)).toMatchObject({
      options: [{ value: '2', description: 'Tina Andrews, Ian Landsman, Jörg Müller' }],
    });

    const { xStatus, xCategory, xPersonAssignedTo } = parameters;
    const request = {
      ...MANUAL_REQUEST,
      ...BOB,
      xStatus,
      xCategory,
      xPersonAssignedTo,
      xRequest: `${OPEN}`,
      sTitle: 'It <crashes>',
    };
    const push = await phpFile({ gateway: url, name: 'Linked', key: KEY });
    const [pushed] = await runPushJobs(command, [{ file: push, name: 'Linked', push: request }]);
    expect(pushed).toMatchObject({ error: '', returned: expect.stringMatching(/^\d+$/) });
    const made = desk.data.requests.find(({ xRequest }) => `${xRequest}` === pushed?.returned);
    expect(made).toMatchObject({ sTitle: 'Bugs of Jörg Müller: It <crashes>', xCategory: 3, sEmail: BOB.sEmail });
    const first = desk.data.requests.find(({ xRequest }) => xRequest === OPEN);
    expect(first?.custom.get(7)).toBe(pushed?.returned);
    expect(log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });
});
