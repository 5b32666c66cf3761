/** Waiting that ends with the caller: pauses, semaphores, rate limiters, single flights, kept connections. The door of this room. */
export { type Account, AccountLimiter, accountKey } from './account-limiter.ts';
export { accountSharers, shareAccounts } from './account-share.ts';
export { amended, asUnsent, beforehand } from './beforehand.ts';
export { type Caller, callerOf, endOf, fits, inTime, pause } from './caller.ts';
export { type ClientParts, withClient } from './client-work.ts';
export { type KeptConnection, KeptConnections, type KeptOptions } from './kept-connections.ts';
export { type InLine, Line } from './line.ts';
export { type RateLimit, RateLimiter } from './rate-limiter.ts';
export { type Release, Semaphore } from './semaphore.ts';
export { type Shareable, Shared } from './shared.ts';
export { SingleFlight } from './single-flight.ts';
