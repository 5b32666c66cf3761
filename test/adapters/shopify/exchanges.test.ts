/**
 * Requests and answers as files, replayed: the vendor's examples, without secrets. Each says the page that it is from,
 * what was asked, what was to be sent, and what comes of it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import shopify from '../../../adapters/shopify/index.ts';
import { type Received, startStandIn } from '../../support/http/stand-in.ts';
import { ask, context, openWith } from '../../support/open-source.ts';
import { noting } from './source.ts';

const folder = new URL('../../support/shopify/exchanges/', import.meta.url);

const recording = z.strictObject({
  page: z.url({ hostname: /^shopify\.dev$/ }),
  ask: z.strictObject({ criteria: z.record(z.string(), z.string()) }),
  exchanges: z.array(
    z.strictObject({
      request: z.strictObject({ method: z.string(), path: z.string(), variables: z.record(z.string(), z.unknown()) }),
      response: z.strictObject({
        status: z.number(),
        headers: z.record(z.string(), z.string()),
        body: z.record(z.string(), z.unknown()),
      }),
    }),
  ),
  found: z.array(z.record(z.string(), z.unknown())).optional(),
  notices: z.array(z.string()).default([]),
  fails: z.strictObject({ kind: z.string(), message: z.string() }).optional(),
});

const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

it.each(names)('%s', async (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const { exchanges, found, notices, fails, ask: asked } = recording.parse(JSON.parse(text));
  const left = [...exchanges];
  const sent: Received[] = [];
  const server = await startStandIn((request) => {
    sent.push(request);
    const { response } = left.shift() ?? {
      response: { status: 500, headers: {}, body: { errors: 'nothing is left' } },
    };
    return response;
  });
  onTestFinished(() => server.close());
  const token = 'shpat_of_the_test';
  const source = await openWith(shopify, { shop: 'example.myshopify.com', url: server.url, accessToken: token });
  const call = noting(context());
  const answer = source.find(ask(asked.criteria), call);
  if (fails !== undefined) await expect(answer).rejects.toMatchObject(fails);
  else expect(await answer).toEqual((found ?? []).map((record) => expect.objectContaining(record)));
  expect(call.notices).toEqual(notices);
  expect(left).toEqual([]);
  for (const [index, request] of sent.entries()) {
    const { method, path, variables } = exchanges[index]?.request ?? {};
    expect([request.method, request.path]).toEqual([method, path]);
    const { query, variables: given } = Object(request.json());
    expect(given).toEqual(variables);
    expect(parse(query).definitions).toHaveLength(1);
    // https://shopify.dev/docs/api/admin-graphql#authentication
    expect(request.headers).toMatchObject({ 'x-shopify-access-token': token, 'content-type': 'application/json' });
  }
});

it('there are some, and none has a secret', () => {
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(readFileSync(new URL(name, folder), 'utf8')).not.toMatch(/shp(at|ss|ca)_/);
});
