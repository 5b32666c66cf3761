/** The token of the current API: given, or issued for an account with a password. */

import * as z from 'zod';
import { SourceError } from '../../src/contract/index.ts';
import { Flights, type Headers, type HttpClient } from '../../src/kit/http/index.ts';
import { beforehand } from '../../src/kit/wait/index.ts';
import { parsed } from './failures.ts';
import type { Settings } from './settings.ts';

const issued = z.looseObject({ is_ok: z.union([z.literal(true), z.literal(1)]), token: z.string().min(1) });

/** Its name in ActiveCollab's list of API subscriptions. */
const CLIENT = { client_name: 'helpspot-gateway', client_vendor: 'HelpSpot' } as const;

/**
 * Gives the header of each request.
 * @param client that knows no token itself
 */
export function tokenHeaders({ token, email, password }: Settings, client: HttpClient) {
  const flights = new Flights<string>();
  let known = token;
  return async (signal: AbortSignal, refresh: boolean): Promise<Headers> => {
    if (refresh && token === undefined) known = undefined;
    known ??= await beforehand(
      flights.join('token', signal, (caller) => issueToken(client, { username: email, password }, caller.signal)),
    );
    return { 'X-Angie-AuthApiToken': known };
  };
}

/**
 * https://activecollab.com/help/books/self-hosted/self-hosted-api-authentication; a wrong password is a 500 there
 * (https://developers.activecollab.com/api-documentation/v1/authentication.html).
 */
async function issueToken(client: HttpClient, login: object, signal: AbortSignal): Promise<string> {
  const json = { ...login, ...CLIENT };
  const expect = [400, 401, 403, 404, 500];
  const answer = await client.request({ method: 'POST', path: '/api/v1/issue-token', json, expect }, signal);
  if (answer.status < 300) return parsed(issued, answer, 'issue-token').token;
  const { words } = answer;
  throw new SourceError(
    'unauthorized',
    `ActiveCollab issues no token for the account (${answer.status})${words === '' ? '' : `: ${words}`}`,
    {
      remedy: 'check email and password of the source; in the cloud, and with two-factor login, write a token instead',
    },
  );
}
