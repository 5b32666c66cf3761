import { expect, it } from 'vitest';
import { nearestName, unknownName } from '../../src/gateway/unknown-name.ts';

const KNOWN = ['default', 'assets', 'customers-of-the-north'];

it.each([
  ['defalt', 'default'],
  ['asset', 'assets'],
  ['customers-of-north', 'customers-of-the-north'],
  ['something', undefined],
  ['default-and-a-lot-more', undefined],
  ['', undefined],
])('%j is near to %j', (name, near) => {
  expect(nearestName(name, KNOWN)).toBe(near);
});

it('shows a name that may be a key only when it is nearly one of ours', () => {
  expect(unknownName('lookup', 'nobody', KNOWN).shown).toBe('nobody');
  expect(unknownName('lookup', 'customers-of-te-north', KNOWN).shown).toBe('customers-of-te-north');
  const { shown, words } = unknownName('lookup', '0123456789abcdef', KNOWN);
  expect(shown + words).not.toContain('0123');
});

it('compares a name of any length with nothing that cannot be near', () => {
  // All of it compared takes tens of seconds.
  const names = Array.from({ length: 200 }, (_, index) => `lookup-${index}`);
  expect(unknownName('lookup', 'a'.repeat(1_000_000), names).words).toContain('with this name of 1000000 characters');
});
