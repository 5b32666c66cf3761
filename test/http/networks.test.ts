import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/contract/index.ts';
import { isLoopback, Networks, plainAddress } from '../../src/http/networks.ts';

describe('networks', () => {
  it('hold single addresses and networks of both families', () => {
    const networks = new Networks(['192.0.2.7', '10.0.0.0/8', '2001:db8::/32', '::1', ' 172.16.0.0/12 ']);
    const inside = ['192.0.2.7', '10.255.0.1', '2001:db8:ffff::1', '::1', '172.31.0.1', '::ffff:10.0.0.1'];
    const outside = ['192.0.2.8', '11.0.0.1', '2001:db9::1', '::2', '172.32.0.1', '::ffff:11.0.0.1', '', 'garbage'];
    expect(inside.filter((address) => !networks.has(address))).toEqual([]);
    expect(outside.filter((address) => networks.has(address))).toEqual([]);
  });

  it('let everybody in when there are none', () => {
    expect(new Networks([]).has('203.0.113.1')).toBe(true);
  });

  it('can be the whole of a family', () => {
    const networks = new Networks(['0.0.0.0/0']);
    expect([networks.has('203.0.113.1'), networks.has('2001:db8::1')]).toEqual([true, false]);
  });

  it.each([
    '',
    'localhost',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '::1/129',
    '10.0.0.0/x',
    '10.0.0',
  ])('refuse %j with words', (entry) => {
    expect(() => new Networks([entry])).toThrow(UserError);
    expect(() => new Networks([entry])).toThrow(`access.networks: "${entry}" is no address and no network`);
  });
});

describe('an address', () => {
  it.each([
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:51234', '192.0.2.7'],
    ['[2001:db8::7]:51234', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8::7', '2001:db8::7'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('%s is %s', (written, plain) => {
    expect(plainAddress(written)).toBe(plain);
  });

  it('is loopback or not', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1'].every(isLoopback)).toBe(true);
    expect(['128.0.0.1', '::2', '', 'localhost'].some(isLoopback)).toBe(false);
  });
});
