/** The token of the current API, issued for an account with a password. */

import * as z from 'zod';
import { SourceError } from '../../src/contract/index.ts';
import type { HttpClient, Token } from '../../src/kit/http/index.ts';
import { parsed } from './failures.ts';

const issued = z.looseObject({ is_ok: z.union([z.literal(true), z.literal(1)]), token: z.string().min(1) });

/** Its name in ActiveCollab's list of API subscriptions. */
const CLIENT = { client_name: 'helpspot-gateway', client_vendor: 'HelpSpot' } as const;

/**
 * https://activecollab.com/help/books/self-hosted/self-hosted-api-authentication; a wrong password is a 500 there
 * (https://developers.activecollab.com/api-documentation/v1/authentication.html).
 * @param client that knows no token itself
 * @param login `username` and `password`
 * @throws {SourceError}
 */
export async function issueToken(client: HttpClient, login: object, signal: AbortSignal): Promise<Token> {
  const json = { ...login, ...CLIENT };
  const expect = [400, 401, 403, 404, 500];
  const answer = await client.request({ method: 'POST', path: '/api/v1/issue-token', json, expect }, signal);
  if (answer.status < 300) return { text: parsed(issued, answer, 'issue-token').token };
  const { words } = answer;
  throw new SourceError(
    'unauthorized',
    `ActiveCollab issues no token for the account (${answer.status})${words === '' ? '' : `: ${words}`}`,
    {
      remedy: 'check email and password of the source; in the cloud, and with two-factor login, write a token instead',
    },
  );
}
