/** Counting calls: how often one key may call from one address, and how often an address may be wrong. */
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import { callOf } from './call.ts';
import { rateWindowMs, wrongKeysPerMinute } from './limits.ts';
import { passing } from './middleware.ts';
import { Refusal } from './refusal.ts';

/** One caller for the counters. An IPv6 caller has a whole network to call from, so that counts as one. */
function addressOf(req: Request): string {
  return ipKeyGenerator(callOf(req).address);
}

function callerOf(req: Request): string {
  return `${callOf(req).keyName ?? ''}|${addressOf(req)}`;
}

/** A limit for callers; the caller over it gets a {@link Refusal}. */
class Limit {
  readonly #store = new MemoryStore();
  readonly #words: string;
  readonly #middleware: RequestHandler;

  constructor(limit: number, countedAs: (req: Request) => string, words: string) {
    this.#words = words;
    this.#middleware = rateLimit({
      windowMs: rateWindowMs,
      limit,
      store: this.#store,
      keyGenerator: countedAs,
      handler: async (req, _res, next) => next(this.#refusal(await this.#store.get(countedAs(req)))),
      // The answers go to HelpSpot, which reads no header.
      standardHeaders: false,
      legacyHeaders: false,
      // Its checks are for applications that leave `trust proxy` and the address to it; ours are made at the entrance.
      validate: false,
    });
  }

  /** Counts a call; throws a {@link Refusal} when it is one too many. */
  count(req: Request, res: Response): Promise<void> {
    return passing(this.#middleware, req, res);
  }

  #refusal(counted: { readonly resetTime: Date | undefined } | undefined): Refusal {
    const left = (counted?.resetTime?.getTime() ?? Date.now() + rateWindowMs) - Date.now();
    const seconds = Math.max(1, Math.ceil(left / 1000));
    const unit = seconds === 1 ? 'second' : 'seconds';
    return new Refusal(429, `${this.#words}; try again in ${seconds} ${unit}`, { 'Retry-After': String(seconds) });
  }

  close(): void {
    this.#store.shutdown();
  }
}

/** Calls a minute of one key from one address. `ratePerMinute` is at least 1. */
export function callLimit(ratePerMinute: number): Limit {
  return new Limit(
    ratePerMinute,
    callerOf,
    `More than ${ratePerMinute} calls in a minute came with this key from this address`,
  );
}

/** Wrong keys a minute from one address. */
export function wrongKeyLimit(): Limit {
  return new Limit(wrongKeysPerMinute, addressOf, 'Too many calls with a wrong key came from this address');
}

export type { Limit };
