/** Counting calls: how often one key may call from one address, and how often an address may be wrong. */
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import { callOf } from './call.ts';
import { rateWindowMs, wrongKeysPerMinute } from './limits.ts';
import { Refusal } from './refusal.ts';

/** A limit for callers. */
export interface Limit {
  /** Counts a call; the caller over the limit gets a {@link Refusal}. */
  readonly count: RequestHandler;
  /** Ends the counters. */
  close(): void;
}

/** One caller for whatever counts callers. An IPv6 caller has a whole network to call from, so that counts as one. */
export function networkOf(address: string): string {
  return ipKeyGenerator(address);
}

function addressOf(req: Request): string {
  return networkOf(callOf(req).address);
}

function callerOf(req: Request): string {
  return `${callOf(req).keyName ?? ''}|${addressOf(req)}`;
}

function limitOf(limit: number, countedAs: (req: Request) => string, words: string): Limit {
  const store = new MemoryStore();
  const count = rateLimit({
    windowMs: rateWindowMs,
    limit,
    store,
    keyGenerator: countedAs,
    handler: async (req, _res, next) => next(refusal(words, await store.get(countedAs(req)))),
    // The answers go to HelpSpot, which reads no header.
    standardHeaders: false,
    legacyHeaders: false,
    // Its checks are for applications that leave `trust proxy` and the address to it; ours are made on arrival.
    validate: false,
  });
  return { count, close: () => store.shutdown() };
}

function refusal(words: string, counted: { readonly resetTime: Date | undefined } | undefined): Refusal {
  const left = (counted?.resetTime?.getTime() ?? Date.now() + rateWindowMs) - Date.now();
  const seconds = Math.max(1, Math.ceil(left / 1000));
  const unit = seconds === 1 ? 'second' : 'seconds';
  return new Refusal(429, `${words}; try again in ${seconds} ${unit}`, { 'Retry-After': String(seconds) });
}

/** Calls a minute of one key from one address. `ratePerMinute` is at least 1. */
export function callLimit(ratePerMinute: number): Limit {
  const words = `More than ${ratePerMinute} calls in a minute came with this key from this address`;
  return limitOf(ratePerMinute, callerOf, words);
}

/** Wrong keys a minute from one address. */
export function wrongKeyLimit(): Limit {
  return limitOf(wrongKeysPerMinute, addressOf, 'Too many calls with a wrong key came from this address');
}
