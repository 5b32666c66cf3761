/**
 * Exchanges with vendors, replayed: what their documentation shows, and nothing
 * else. A request that is not among them is answered with 400, so that one that
 * a vendor would not know fails a test.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { type Received, type Reply, type StandIn, startStandIn } from './stand-in.ts';

const answer = z.strictObject({
  status: z.int().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.json().optional(),
});

const file = z.strictObject({
  /** The pages that show it. */
  about: z.string(),
  /** Headers that every request must have; scrubbed. */
  credentials: z.record(z.string(), z.string()),
  /** Without them. */
  refusal: answer,
  exchanges: z.array(
    z.strictObject({
      request: z.strictObject({
        method: z.string(),
        path: z.string(),
        query: z.record(z.string(), z.string()).default({}),
        body: z.json().optional(),
      }),
      answer,
    }),
  ),
});

type Answer = z.output<typeof answer>;

/** Starts the stand-in of `test/support/http/exchanges/NAME.json`. `ORIGIN` in a header of an answer is its own address. */
export async function replay(name: string): Promise<StandIn> {
  const { credentials, refusal, exchanges } = file.parse(
    JSON.parse(readFileSync(new URL(`./exchanges/${name}.json`, import.meta.url), 'utf8')),
  );
  const standIn: StandIn = await startStandIn((received) => {
    const isKnown = Object.entries(credentials).every(([header, value]) => received.headers[header] === value);
    if (!isKnown) return replyOf(refusal, standIn.url);
    const asked = questionOf(received);
    const found = exchanges.find(({ request: { body, ...rest } }) => isDeepStrictEqual({ ...rest, body }, asked));
    if (found === undefined)
      return { status: 400, body: { message: `not among the exchanges: ${JSON.stringify(asked)}` } };
    return replyOf(found.answer, standIn.url);
  });
  return standIn;
}

function questionOf(received: Received): object {
  const { method, path, query, body } = received;
  return { method, path, query: Object.fromEntries(query), body: body.length === 0 ? undefined : received.json() };
}

function replyOf({ status = 200, headers, body }: Answer, origin: string): Reply {
  const own = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replaceAll('ORIGIN', origin)]),
  );
  if (body === undefined) return { status, headers: own };
  return { status, headers: { 'content-type': 'application/json', ...own }, body: JSON.stringify(body) };
}
