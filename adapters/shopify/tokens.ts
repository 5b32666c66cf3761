/**
 * Access tokens by the client credentials grant, which live for 24 hours:
 * https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant
 */

import * as z from 'zod';
import { SourceError } from '../../src/contract/index.ts';
import type { HttpAnswer, HttpClient, Token } from '../../src/kit/http/index.ts';

const REFUSALS = [400, 401, 402, 403, 404, 422, 423] as const;

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().nullish().catch(undefined),
});
const A_DAY_SECONDS = 86_400;

/** What the grant needs. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Exchanges the credentials for a token.
 * @param http without credentials of its own
 * @throws {SourceError}
 */
export async function fetchToken(
  http: HttpClient,
  { clientId, clientSecret }: ClientCredentials,
  signal: AbortSignal,
): Promise<Token> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const path = '/admin/oauth/access_token';
  // A second token does not end the first.
  const answer = await http.request({ method: 'POST', path, form, repeatable: true, expect: REFUSALS }, signal);
  if (answer.status !== 200) throw asRefusal(answer);
  const parsed = tokenAnswer.safeParse(answer.json());
  if (!parsed.success) {
    throw new SourceError('bad-response', 'Shopify gave no access token for the client credentials', {
      remedy: 'check shop and url',
    });
  }
  const { access_token, expires_in } = parsed.data;
  return { text: access_token, lifetimeMs: (expires_in ?? A_DAY_SECONDS) * 1000 };
}

function asRefusal({ status, words }: HttpAnswer): SourceError {
  const said = words === '' ? '' : `: ${words}`;
  return new SourceError('unauthorized', `Shopify gave no access token (${status})${said}`, {
    remedy:
      'check shop, clientId and clientSecret; the app must be installed in the shop and belong to the same organization',
  });
}
