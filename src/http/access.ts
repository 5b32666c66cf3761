/** Who may call: networks first, then keys, then how often. */
import type { RequestHandler } from 'express';
import type { Gateway } from '../gateway/gateway.ts';
import type { AccessPlan } from '../gateway/plan.ts';
import { callOf } from './call.ts';
import { KeyRing } from './keys.ts';
import { Networks } from './networks.ts';
import { callLimit, type Limit, wrongKeyLimit } from './rate-limit.ts';
import { Refusal } from './refusal.ts';

const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="helpspot-gateway", charset="UTF-8"' };

const PLACES =
  'Put it into the address (/k/KEY/livelookup/NAME, or ?key=KEY), ' +
  'or send it as HTTP Basic password (https://helpspot:KEY@HOST/livelookup/NAME) or as Bearer token';

/** The rules of one `access:` section. */
export interface AccessRules {
  readonly plan: AccessPlan;
  readonly networks: Networks;
  readonly keys: KeyRing;
  /** Undefined: nobody is counted. */
  readonly calls: Limit | undefined;
  readonly wrongKeys: Limit;
}

/** @throws {UserError} for a network that is none */
function rulesOf(plan: AccessPlan): AccessRules {
  const networks = new Networks(plan.networks);
  const calls = plan.ratePerMinute > 0 ? callLimit(plan.ratePerMinute) : undefined;
  return { plan, networks, keys: new KeyRing(plan.keys), calls, wrongKeys: wrongKeyLimit() };
}

/**
 * The rules in force, made once for each configuration: a reload counts from the next call on.
 * @throws {UserError} for a network that is none
 */
export function accessRules(gateway: Gateway): () => AccessRules {
  let rules = rulesOf(gateway.plan.access);
  return () => {
    const { access } = gateway.plan;
    if (rules.plan === access) return rules;
    const renewed = rulesOf(access);
    rules.calls?.close();
    rules.wrongKeys.close();
    rules = renewed;
    return rules;
  };
}

/** Refuses an address that may not call at all. */
export function knownNetworks(rules: () => AccessRules): RequestHandler {
  return (req, _res, next) => {
    const { address } = callOf(req);
    if (rules().networks.has(address)) return next();
    const words = 'may not call this gateway; an administrator can add it to access.networks in the configuration';
    throw new Refusal(403, `The address ${address.slice(0, 60)} ${words}`);
  };
}

/** Refuses a wrong key, and who calls too often. */
export function limitedCalls(rules: () => AccessRules): RequestHandler {
  return (req, res, next) => {
    const { calls, wrongKeys } = rules();
    // A right key always passes: somebody behind the same proxy, or a second HelpSpot, may have a wrong one. Guessing
    // gains nothing by that: keys are too long for it.
    if (callOf(req).wrongKey) return wrongKeys.count(req, res, (error?: unknown) => next(error ?? unknownKey()));
    if (calls === undefined) return next();
    return calls.count(req, res, next);
  };
}

/** Refuses a call without a key, where there are keys. It stands before whatever tells of customers. */
export const keyRequired: RequestHandler = (req, _res, next) => {
  const { keys, keyName } = callOf(req);
  if (keys.open || keyName !== undefined) return next();
  throw new Refusal(401, `The gateway wants a key, and this call shows none. ${PLACES}`, CHALLENGE);
};

function unknownKey(): Refusal {
  return new Refusal(
    401,
    'The key of this call is none of those in the configuration of the gateway. Copy it anew from there (access.keys)',
    CHALLENGE,
  );
}
