/** What an administrator writes about a shop. */

import * as z from 'zod';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';

const MOST_ORDERS = 20;

/** The schema. */
export const settings = z
  .strictObject({
    shop: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, 'is no address of a shop; write only example.myshopify.com')
      .describe('The shop: the address that ends with myshopify.com, whatever its own domain is.')
      .meta({ examples: ['example.myshopify.com'] }),
    url: webAddress.optional().describe('Replaces https://SHOP as the address that is asked.'),
    accessToken: z
      .string()
      .min(1)
      .optional()
      .describe('The Admin API access token of a custom app.')
      .meta({ examples: ['${SHOPIFY_TOKEN}'] }),
    clientId: z.string().min(1).optional().describe('Instead of accessToken: the Client ID of an app of your own.'),
    clientSecret: z.string().min(1).optional().describe('With clientId: the secret of the app.'),
    apiVersion: z
      .string()
      .regex(/^(\d{4}-(01|04|07|10)|unstable)$/, 'is no version; write a year and a quarter such as 2026-10')
      .default('2026-10')
      .describe('The version of the Admin API. Each lives for a year at least.')
      .meta({ examples: ['2026-10'] }),
    records: z
      .enum(['customers', 'orders'])
      .default('customers')
      .describe('What the source gives: customers, or orders.')
      .meta({ examples: ['customers'] }),
    orders: z
      .int()
      .min(0)
      .max(MOST_ORDERS)
      .default(0)
      .describe('How many of their newest orders customers come with; 0 for none.')
      .meta({ examples: [5] }),
    defaultCountryCode: z
      .string()
      .regex(/^[1-9]\d{0,2}$/, 'is no country code; write its digits without + such as "41"')
      .optional()
      .describe('The country of telephone numbers that are typed without one: "1", "41".')
      .meta({ examples: ['1'] }),
    ...httpShape,
  })
  .superRefine(({ accessToken, clientId, clientSecret, records, orders }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    const given = clientId ?? clientSecret;
    if (accessToken === undefined && given === undefined) {
      wrong('accessToken', 'is missing; write it, or clientId and clientSecret');
    }
    for (const [path, value] of Object.entries({ clientId, clientSecret })) {
      if (accessToken !== undefined && value !== undefined) {
        wrong(path, 'stands beside accessToken; write only one of the two ways');
      } else if (accessToken === undefined && value === undefined && given !== undefined) {
        wrong(path, 'is missing; copy it from Settings of the app in the Dev Dashboard');
      }
    }
    if (records === 'orders' && orders > 0) wrong('orders', 'goes with records: customers only; remove it');
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;
