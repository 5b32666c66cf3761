import { randomUUID } from 'node:crypto';

/**
 * A new reference for one call: six hex digits, short enough to be read out on
 * the telephone, rare enough to find one line in a day's log.
 */
export function newReference(): string {
  // Node draws UUIDs from a pool; asking for random bytes at every call costs more than the rest of a small lookup.
  return randomUUID().slice(0, 6);
}
