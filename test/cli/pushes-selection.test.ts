import { expect, test } from 'vitest';
import { sinceOf } from '../../src/cli/pushes-selection.ts';

test('--since goes by the clock of the ledger, which may be that of a database', () => {
  const ledger = { now: () => 5_000_000 };
  expect(sinceOf({ withinMs: 3_000 }, ledger)).toBe(4_997_000);
  expect(sinceOf({ withinMs: 6_000_000 }, ledger)).toBe(0);
  expect(sinceOf({ withinMs: undefined }, ledger)).toBeUndefined();
});
