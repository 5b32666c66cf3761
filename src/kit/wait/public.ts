/** What adapters of other people find behind `helpspot-gateway/kit/wait`: waiting that ends with the call. */
export {
  type Account,
  AccountLimiter,
  accountKey,
  beforehand,
  type ClientParts,
  type KeptConnection,
  KeptConnections,
  type KeptOptions,
  pause,
  type RateLimit,
  RateLimiter,
  type Release,
  Semaphore,
  SingleFlight,
  withClient,
} from './index.ts';
