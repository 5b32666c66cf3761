/** Signing in with client credentials, and what the settings say about it. */

import { describe, expect, it } from 'vitest';
import shopify from '../../../adapters/shopify/index.ts';
import { withDeadlineWithin } from '../../../src/contract/index.ts';
import { ask, context } from '../../support/open-source.ts';
import { accessToken, clientId, clientSecret } from '../../support/shopify/server.ts';
import { openShop, shopForAll } from './source.ts';

const shop = await shopForAll();
const GRANT = { accessToken: undefined, clientId, clientSecret };
const JUERG = ask({ email: 'juerg@example.ch' });
const grants = () => shop.standIn.received.filter(({ path }) => path.endsWith('/access_token')).length;

describe('client credentials', () => {
  it('are exchanged for a token once, for all who wait', async () => {
    const source = await openShop(shop, GRANT);
    const before = grants();
    await Promise.all(Array.from({ length: 5 }, () => source.find(JUERG, context())));
    await source.check(context());
    expect(grants() - before).toBe(1);
    const sent = shop.standIn.received.find(({ path }) => path.endsWith('/access_token'));
    expect(Object.fromEntries(new URLSearchParams(sent?.text()))).toEqual({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
  });

  it('get another token when the first has ended, once', async () => {
    const source = await openShop(shop, GRANT);
    await source.find(JUERG, context());
    const before = grants();
    shop.tokens.clear();
    const [first, second] = await Promise.all([source.find(JUERG, context()), source.find(JUERG, context())]);
    expect([first, second]).toEqual([[expect.anything()], [expect.anything()]]);
    expect(grants() - before).toBe(1);
  });

  it('are not asked for again and again when a new token is refused too', async () => {
    const source = await openShop(shop, GRANT);
    shop.standIn.faults = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0
        ? { body: { access_token: `shpat_of_no_use_${index}`, expires_in: 86_399 } }
        : { status: 401, body: { errors: '[API] Invalid API key or access token' } },
    );
    await expect(source.find(JUERG, context())).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(shop.standIn.faults).toHaveLength(16);
  });

  it.each([
    [
      { clientSecret: 'shpss_of_another_app' },
      'Shopify gave no access token (401): The client credentials are invalid',
    ],
    [{ clientId: 'unknown' }, 'Shopify gave no access token (401): The client credentials are invalid'],
  ])('that are wrong are told in words of Shopify: %j', async (wrong, message) => {
    const source = await openShop(shop, { ...GRANT, ...wrong });
    const remedy = expect.stringContaining('check shop, clientId and clientSecret');
    await expect(source.check(context())).rejects.toMatchObject({ kind: 'unauthorized', message, remedy });
  });

  it('are in no message and no log, even when they are echoed', async () => {
    const source = await openShop(shop, GRANT);
    shop.standIn.faults = [{ status: 400, body: { error: 'invalid', error_description: `${clientSecret} is wrong` } }];
    const error = await source.find(JUERG, context()).then(String, String);
    expect(error).toContain('*** is wrong');
    await source.find(JUERG, context());
    expect(JSON.stringify(source.log.lines)).not.toContain(clientSecret);
  });

  it.each([
    ['no token', { body: { scope: 'read_customers' } }, 'bad-response'],
    ['a page', { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' }, 'bad-response'],
    ['a redirect', { status: 302, headers: { location: 'https://accounts.shopify.com' } }, 'bad-response'],
    ['an unknown shop', { status: 404, body: '<title>404</title>' }, 'unauthorized'],
  ] as const)('%s is no answer, and the next call asks again', async (_name, fault, kind) => {
    const source = await openShop(shop, GRANT);
    shop.standIn.faults = [fault];
    await expect(source.find(JUERG, context())).rejects.toMatchObject({ kind });
    expect(await source.find(JUERG, context())).toHaveLength(1);
  });

  it('a grant that does not come ends with the deadline, and harms nobody who comes later', async () => {
    const source = await openShop(shop, GRANT);
    shop.standIn.faults = [{ delayMs: 600 }];
    const asked = withDeadlineWithin(200, undefined, (signal) => source.find(JUERG, { signal, reference: 'test' }));
    await expect(asked).rejects.toMatchObject({ kind: 'timeout', unsent: true });
    expect(await source.find(JUERG, context())).toHaveLength(1);
  });

  it('closes while a grant is under way', async () => {
    const source = await openShop(shop, GRANT);
    shop.standIn.faults = ['hang'];
    const before = shop.standIn.received.length;
    const asked = source.find(JUERG, context()).catch((error: unknown) => error);
    await shop.standIn.receivedSoMany(before + 1);
    await source.close();
    expect(await asked).toBeInstanceOf(Error);
  });
});

describe('the settings', () => {
  const problems = (settings: object) =>
    (shopify.settings.safeParse(settings).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')} ${message}`,
    );

  it('take a shop and a token, and have defaults', () => {
    expect(shopify.settings.parse({ shop: ' Example.MyShopify.com', accessToken })).toEqual({
      shop: 'example.myshopify.com',
      accessToken,
      apiVersion: '2026-10',
      records: 'customers',
      orders: 0,
    });
  });

  it.each([
    [{}, ['accessToken is missing; write it, or clientId and clientSecret']],
    [{ accessToken, clientId }, ['clientId stands beside accessToken; write only one of the two ways']],
    [{ clientId }, ['clientSecret is missing; copy it from Settings of the app in the Dev Dashboard']],
    [{ clientSecret }, ['clientId is missing; copy it from Settings of the app in the Dev Dashboard']],
    [{ accessToken, shop: 'shop.example.com' }, ['shop is no address of a shop; write only example.myshopify.com']],
    [
      { accessToken, shop: 'https://x.myshopify.com' },
      ['shop is no address of a shop; write only example.myshopify.com'],
    ],
    [{ accessToken, apiVersion: '2026' }, ['apiVersion is no version; write a year and a quarter such as 2026-10']],
    [
      { accessToken, apiVersion: '../2026-10' },
      ['apiVersion is no version; write a year and a quarter such as 2026-10'],
    ],
    [
      { accessToken, defaultCountryCode: '+41' },
      ['defaultCountryCode is no country code; write its digits without + such as "41"'],
    ],
    [{ accessToken, records: 'orders', orders: 3 }, ['orders goes with records: customers only; remove it']],
  ])('%j: %j', (settings, expected) => {
    expect(problems({ shop: 'example.myshopify.com', ...settings })).toEqual(expected);
  });
});
