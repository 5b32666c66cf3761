import { BlockList, isIP } from 'node:net';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { network } from '../../src/config/sections/common.ts';
import { runs } from '../support/runs.ts';

const schema = network();
const accepts = (text: string) => schema.safeParse(text).success;

test('an address is one to node:net too', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'01259af.:'), maxLength: 40 });
  const groups = fc.array(fc.constantFrom('', '0', '1', 'ffff', '12345', '1.2.3.4'), { maxLength: 9 });
  const octets = fc.array(fc.constantFrom('0', '00', '01', '9', '10', '99', '199', '249', '255', '256'), {
    minLength: 3,
    maxLength: 5,
  });
  const texts = fc.oneof(
    letters,
    groups.map((parts) => parts.join(':')),
    octets.map((parts) => parts.join('.')),
    fc.ipV4(),
    fc.ipV6(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect([text, accepts(text)]).toEqual([text, isIP(text) !== 0]);
    }),
    runs(100),
  );
});

test('a network is one to node:net too', () => {
  const bits = fc.integer({ min: 0, max: 140 });
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), bits, (address, prefix) => {
      const type = address.includes(':') ? 'ipv6' : 'ipv4';
      let known = true;
      try {
        new BlockList().addSubnet(address, prefix, type);
      } catch {
        known = false;
      }
      expect(accepts(`${address}/${prefix}`)).toBe(known);
    }),
  );
  for (const text of [
    '10.0.0.0/',
    '10.0.0.0/08x',
    '10.0.0.0/-1',
    '/8',
    '10.0.0.0/8/8',
    'fe80::1%eth0',
    '[::1]',
    ' ::1',
  ]) {
    expect([text, accepts(text)]).toEqual([text, false]);
  }
});
