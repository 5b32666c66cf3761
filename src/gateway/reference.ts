import { randomBytes } from 'node:crypto';

/**
 * A new reference for one call: six hex digits, short enough to be read out on
 * the telephone, rare enough to find one line in a day's log.
 */
export function newReference(): string {
  return randomBytes(3).toString('hex');
}
