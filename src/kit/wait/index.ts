/** Waiting that ends with the caller: pauses, semaphores, rate limiters, single flights, kept connections. The door of this room. */
export { amended, asUnsent, beforehand } from './beforehand.ts';
export { type Caller, callerOf, endOf, fits, inTime, pause } from './caller.ts';
export { type KeptConnection, KeptConnections } from './kept-connections.ts';
export { RateLimiter } from './rate-limiter.ts';
export { type Release, Semaphore } from './semaphore.ts';
export { SingleFlight } from './single-flight.ts';
