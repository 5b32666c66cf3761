/** What Shopify's refusals mean, with its own words. */
import { SourceError, type SourceErrorKind } from '../../src/contract/index.ts';
import { type HttpAnswer, oneLine, told } from '../../src/kit/http/index.ts';
import type { Problem } from './answer.ts';

/** Statuses that have a meaning of their own here. https://shopify.dev/docs/api/usage/response-codes */
export const OWN_STATUSES = [402, 403, 404, 423] as const;

const ASK_FOR_ACCESS =
  'request protected customer data access, with name, email, phone and address, for the app in the Dev Dashboard or Partner Dashboard; a custom app of a shop on the Basic plan gets none';
const ADD_SCOPE =
  'give the app the access scopes read_customers and read_orders in its configuration, and install that version';

/** One of {@link OWN_STATUSES} came. */
export function asStatusRefusal(answer: HttpAnswer, shop: string): SourceError {
  const { status, words } = answer;
  const said = `Shopify answered ${status}${told(answer)}`;
  if (status === 402) {
    return refusal('rejected', `${said} (the shop ${shop} is frozen)`, 'pay the outstanding bill of the shop');
  }
  if (status === 423) {
    return refusal('rejected', `${said} (the shop ${shop} is locked)`, 'ask the owner of the shop to contact Shopify');
  }
  if (status === 404) return refusal('rejected', said, `check shop (${shop}), url and apiVersion`);
  return refusal('unauthorized', said, remedyFor(words));
}

/** Why there is no data at all. */
export function asQueryRefusal(problems: readonly Problem[]): SourceError {
  const words = wordsOfProblems(problems);
  const said = `Shopify refused: ${words}`;
  const codes = new Set(problems.map((problem) => problem.extensions?.code));
  if (problems.some(isDenial)) return refusal('unauthorized', said, remedyFor(words));
  if (problems.some(({ message }) => /api key|access token/i.test(message))) {
    return refusal('unauthorized', said, 'check accessToken, or clientId and clientSecret');
  }
  if (codes.has('SHOP_INACTIVE')) return refusal('rejected', said, 'the shop is not active');
  if (problems.some(isTooExpensive)) return refusal('rejected', said, 'write a smaller number at orders');
  if (codes.has('INTERNAL_SERVER_ERROR') || codes.has('TIMEOUT')) {
    return new SourceError('bad-response', `Shopify failed: ${words}`);
  }
  return refusal('rejected', said, 'check apiVersion');
}

/** Shopify says no to this app, for a field or for everything. https://shopify.dev/docs/apps/launch/protected-customer-data */
export function isDenial({ message, extensions }: Problem): boolean {
  return extensions?.code === 'ACCESS_DENIED' || /^access denied|\bnot approved to (access|use)\b/i.test(message);
}

/** Shopify refuses because of the rate, in the body of a 200. */
export function isThrottling({ message, extensions }: Problem): boolean {
  return extensions?.code === 'THROTTLED' || message === 'Throttled';
}

/** One question is for more points than Shopify allows. */
export function isTooExpensive({ extensions }: Problem): boolean {
  return extensions?.code === 'MAX_COST_EXCEEDED';
}

/** The words of errors, each once, on one line. */
export function wordsOfProblems(problems: readonly Problem[]): string {
  return oneLine([...new Set(problems.map(({ message }) => message))].join('; '));
}

/** It is not allowed to read what the search goes by. */
export function asDeniedSearch(words: string): SourceError {
  return refusal('unauthorized', `Shopify keeps back what was searched for: ${words}`, remedyFor(words));
}

function remedyFor(words: string): string {
  return /not approved|protected|personally identifiable/i.test(words) ? ASK_FOR_ACCESS : ADD_SCOPE;
}

function refusal(kind: SourceErrorKind, message: string, remedy: string): SourceError {
  return new SourceError(kind, message, { remedy });
}
