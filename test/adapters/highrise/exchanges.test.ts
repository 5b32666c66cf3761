/**
 * Exchanges as the vendor's pages document them (`documentation` in each file), replayed word for word: what is asked, what
 * is sent, and what becomes of the answer. The samples are the vendor's, with example addresses.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import highrise from '../../../adapters/highrise/index.ts';
import { type Received, type Reply, startStandIn } from '../../support/http/stand-in.ts';
import { ask, context } from '../../support/open-source.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';

const folder = join(import.meta.dirname, '../../support/highrise/exchanges');

const lines = z.array(z.string()).transform((all) => all.join('\n'));
const pushed = z.object({
  reference: z.string(),
  title: z.string(),
  body: z.string(),
  fields: z.record(z.string(), z.string()),
});
const exchange = z.strictObject({
  documentation: z.url(),
  input: z.strictObject({
    find: z.record(z.string(), z.string()).optional(),
    push: pushed.optional(),
    findPush: pushed.optional(),
    details: z.string().optional(),
  }),
  api: z.array(
    z.strictObject({
      request: z.strictObject({ method: z.string(), path: z.string(), body: lines.optional() }),
      answer: z.strictObject({ status: z.int(), headers: z.record(z.string(), z.string()), body: lines }),
    }),
  ),
  output: z.unknown(),
});

type Input = z.output<typeof exchange>['input'];

/** The path and query, readable, without the time. */
function askedOf({ method, url, body }: Received) {
  const path = decodeURIComponent(url.pathname + url.search).replace(/since=\d{14}\b/, 'since=TIME');
  return { method, path, ...(body.length === 0 ? {} : { body: body.toString('utf8') }) };
}

async function outcomeOf({ find, push, findPush, details }: Input, url: string): Promise<unknown> {
  const settings = { url, token: '605b32dd', customFields: { region: 'Sales Region', manager: 'Account Manager' } };
  const target = await openTarget(highrise, settings);
  const whole = (given: z.output<typeof pushed>) => pushRequest({ ...given, values: {}, link: undefined });
  if (find !== undefined) return await target.find?.(ask(find), context());
  if (findPush !== undefined) return await target.findPush?.(whole(findPush), context());
  if (details !== undefined) return await target.details?.(details, context());
  if (push === undefined) throw new Error('nothing is asked');
  return await target.push(whole(push), context()).catch(({ kind, unsent }) => ({ failure: { kind, unsent } }));
}

it.each(readdirSync(folder))('%s', async (file) => {
  const { input, api, output } = exchange.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  const received: unknown[] = [];
  const replies: Reply[] = api.map(({ answer }) => answer);
  const server = await startStandIn((request) => {
    received.push(askedOf(request));
    expect(request.headers).toMatchObject({ authorization: `Basic ${Buffer.from('605b32dd:X').toString('base64')}` });
    return replies[received.length - 1] ?? { status: 500, body: 'that is not recorded' };
  });
  onTestFinished(() => server.close());
  const outcome: unknown = JSON.parse(
    JSON.stringify(await outcomeOf(input, server.url)).replaceAll(server.url, 'https://ACCOUNT'),
  );
  expect(received).toEqual(api.map(({ request }) => request));
  expect(outcome).toEqual(output);
});
