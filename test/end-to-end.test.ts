/** The whole gateway on its sample data, asked by PHP as HelpSpot asks. */
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { createGateway, type Gateway } from '../src/gateway/gateway.ts';
import { listen, type RunningServer } from '../src/http/listen.ts';
import { recordedLog } from './support/log.ts';
import { reasonOf } from './support/packages.ts';
import { type PhpCall, phpClient, requirePhp } from './support/php.ts';
import { ajaxClient } from './support/php-ajax.ts';

const available = await requirePhp();
const root = resolve(import.meta.dirname, '..');
const command = `${root}/bin/livelookup --config=${root}/config/gateway.yaml`;
let gateway: Gateway;
let server: RunningServer;

beforeAll(async () => {
  const plan = await loadConfiguration(`${root}/config/gateway.yaml`, adapters, {});
  gateway = createGateway({ ...plan, server: { ...plan.server, port: 0 } }, { log: recordedLog() });
  server = await listen(gateway);
});

afterAll(async () => {
  await server.close();
  await gateway.close();
});

/** The same question in every way in which HelpSpot asks. */
function everyWay(path: string, lookup: string, parameters: Record<string, string>): readonly PhpCall[] {
  const url = `${server.url}${path}`;
  return [
    { mode: 'get', url, parameters },
    { mode: 'post', url, parameters },
    { mode: 'named', command: `${command} --lookup=${lookup}`, parameters },
  ];
}

describe.skipIf(!available.ok)(`HelpSpot reads the gateway's answers${reasonOf(available)}`, () => {
  const php = phpClient(available.ok ? available.path : '');

  it('one customer, by GET, by POST and by command line', async () => {
    const parameters = {
      customer_id: '',
      first_name: '',
      last_name: '',
      email: 'ZOE.MUELLER@gruenwald.example',
      phone: '',
    };
    const results = await php.lookups(everyWay('/livelookup', 'default', parameters));
    expect(results).toHaveLength(3);
    for (const result of results) {
      expect(result).toMatchObject({
        columns: ['first_name', 'last_name', 'organization', 'email'],
        customers: [{ customer_id: '1003', first_name: 'Zoë', last_name: 'Müller', Custom5: 'Haus 2' }],
      });
    }
  });

  it('positions, as HelpSpot before 5.3.0 sends them', async () => {
    const parameters = { customer_id: '1003', first_name: '', last_name: '', email: '', phone: '' };
    const result = await php.lookup({ mode: 'positional', command, parameters });
    expect(result).toMatchObject({ customers: [{ last_name: 'Müller' }] });
  });

  it('several customers as a table, and nobody as nobody', async () => {
    const [many] = await php.lookups(everyWay('/livelookup', 'default', { last_name: 's' }));
    expect(many !== undefined && 'customers' in many && many.customers.length).toBeGreaterThan(1);
    for (const nobody of await php.lookups(everyWay('/livelookup', 'default', { email: 'nobody@example.com' }))) {
      expect(nobody).toMatchObject({ customers: [] });
    }
  });

  it('assets from the database, by a custom field', async () => {
    for (const result of await php.lookups(everyWay('/livelookup/assets', 'assets', { Custom7: 'at-20001' }))) {
      expect(result).toMatchObject({ customers: [{ customer_id: '1001', Custom7: 'AT-20001' }] });
    }
  });

  it('a mistake in words', async () => {
    for (const result of await php.lookups(everyWay('/livelookup/asets', 'asets', { Custom7: 'x' }))) {
      expect(result).toMatchObject({
        customers: [{ lookup_error: expect.stringContaining('did you mean &quot;assets&quot;?') }],
      });
    }
  });
});

describe.skipIf(!available.ok)(`HelpSpot fills its AJAX selection fields${reasonOf(available)}`, () => {
  const php = ajaxClient(available.ok ? available.path : '');
  const customer = { xStatus: '1', sUserId: '1001', sPhone: '', sLastName: 'Smith', sFirstName: 'Bob', sEmail: '' };

  it("with a customer's billing codes, all and searched", async () => {
    const url = `${server.url}/ajax/billing-codes`;
    expect(await php.ask(url, { ...customer, Custom10: '', callingField: 'Custom10' })).toEqual({
      status: 200,
      options: [
        { value: '#4878', description: '#4878 Support' },
        { value: '#9978', description: '#9978 Emergency Support' },
        { value: '#9775', description: '#9775 Custom Development' },
        { value: '#2111', description: '#2111 Training' },
      ],
    });
    const emergency = [{ value: '#9978', description: '#9978 Emergency Support' }];
    for (const typed of [{ Custom10: 'emer', callingField: 'Custom10' }, { callingField: 'emer' }]) {
      expect(await php.ask(`${url}?site=5`, { ...customer, ...typed })).toEqual({ status: 200, options: emergency });
    }
  });

  it('with assets that a text finds, under headings', async () => {
    const result = await php.ask(`${server.url}/ajax/asset-search`, { ...customer, callingField: 'at-20001' });
    expect(result).toMatchObject({
      options: [
        { value: '', description: '--- router ---' },
        { value: 'AT-20001', description: expect.stringMatching(/^AT-20001: ER-4 /) },
      ],
    });
  });

  it('with the buildings of the city that was chosen, each once', async () => {
    const result = await php.ask(`${server.url}/ajax/buildings`, { ...customer, Custom3: 'London', callingField: '' });
    expect(result).toMatchObject({ options: [{ value: 'North Wing' }, { value: 'South Wing' }] });
  });

  it('with a word where there is no list', async () => {
    const words = async (path: string, parameters: Record<string, string>) => {
      const result = await php.ask(`${server.url}/ajax/${path}`, parameters);
      return 'options' in result ? result.options : result.error;
    };
    const only = (description: unknown) => [{ value: '', description }];
    const containing = (text: string) => only(expect.stringContaining(text));
    expect(await words('billing-codes', { sUserId: '' })).toEqual(only('Fill in the customer ID first'));
    expect(await words('buildings', { Custom3: '' })).toEqual(only('Fill in City first'));
    expect(await words('asset-search', { callingField: 't' })).toEqual(containing('at least 2'));
    expect(await words('asset-search', { callingField: 'zzzz' })).toEqual(containing('Nothing found'));
    expect(await words('bilding-codes', { sUserId: '' })).toEqual(containing('did you mean "billing-codes"?'));
  });
});
