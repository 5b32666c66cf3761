/** Who may call: networks first, then keys, then how often. */
import type { Request, Response } from 'express';
import type { AccessPlan } from '../gateway/plan.ts';
import type { Area } from './area.ts';
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
export class Access {
  readonly plan: AccessPlan;
  readonly networks: Networks;
  readonly keys: KeyRing;
  readonly #calls: Limit | undefined;
  readonly #wrongKeys = wrongKeyLimit();

  /** Throws {@link UserError} for a network that is none. */
  constructor(plan: AccessPlan) {
    this.plan = plan;
    this.networks = new Networks(plan.networks);
    this.keys = new KeyRing(plan.keys);
    this.#calls = plan.ratePerMinute > 0 ? callLimit(plan.ratePerMinute) : undefined;
  }

  /** Ends when a call may pass to an area; throws a {@link Refusal} when it may not. */
  async admit(req: Request, res: Response, key: Area['key']): Promise<void> {
    if (key === 'ignored') return;
    const { wrongKey, keyName } = callOf(req);
    // A right key always passes: somebody behind the same proxy, or a second HelpSpot, may have a wrong one. Guessing
    // gains nothing by that: keys are too long for it.
    if (wrongKey) {
      await this.#wrongKeys.count(req, res);
      throw unknownKey();
    }
    await this.#calls?.count(req, res);
    if (key === 'required' && !this.keys.open && keyName === undefined) throw noKey();
  }

  /** Ends the counters. */
  close(): void {
    this.#calls?.close();
    this.#wrongKeys.close();
  }
}

function unknownKey(): Refusal {
  return new Refusal(
    401,
    `The key of this call is none of those in the configuration of the gateway. ${PLACES}`,
    CHALLENGE,
  );
}

function noKey(): Refusal {
  return new Refusal(401, `The gateway wants a key, and this call shows none. ${PLACES}`, CHALLENGE);
}
