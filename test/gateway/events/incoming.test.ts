/** What systems send beyond the examples of their pages: long numbers, large events, times in every form. */
import { describe, expect, it } from 'vitest';
import { readEvent } from '../../../src/gateway/events/incoming.ts';
import type { EventsPlan } from '../../../src/gateway/events/plan.ts';
import { eventsPlan } from './harness.ts';

const NOW = Date.UTC(2026, 10, 26);

function read(body: string, more: Partial<EventsPlan> = {}) {
  const plan = eventsPlan({ verify: 'standard-webhooks', gather: undefined, until: [], ...more });
  return readEvent(plan, { headers: {}, body: Buffer.from(body) }, NOW);
}

describe('a number of an event', () => {
  it.each([
    ['9007199254740993', '9007199254740993'],
    ['12345678901234567890123', '12345678901234567890123'],
    ['-9007199254740993', '-9007199254740993'],
    ['19.90', '19.90'],
    ['7', '7'],
    ['"9007199254740993"', '9007199254740993'],
  ])('%s is the text that was sent', (written, text) => {
    const { id, key, fields } = read(`{"data":{"id":${written},"list":[${written},1]}}`, {
      id: 'id',
      gather: 'data.id',
    });
    expect([id, key, fields.get('data.id'), fields.get('data.list')]).toEqual([text, text, text, `${text}, 1`]);
  });

  it.each(['{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":+1}', '{"a":1e}'])(
    'that JSON does not have is none: %s',
    (body) => {
      expect(() => read(body)).toThrow('cannot be read as that');
    },
  );
});

describe('a large event', () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, index]));
  const long = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, 'x'.repeat(19_000)]));
  const own = { type: 'a.b', timestamp: '2026-11-21T09:30:00Z', data: { id: 'e1', call: 'c1', shop: 's1' } };
  const index = { source: 'shop', where: { shop_id: '{{shop}}' } };

  it.each([
    ['of many fields', { before: many, ...own }],
    ['of long ones', { ...long, ...own }],
    ['of many beside its own', { ...own, data: { ...many, ...own.data } }],
  ])('%s says which it is, and what it belongs to, after all of them', (_name, event) => {
    const read1 = read(JSON.stringify(event), { id: 'data.id', gather: 'call', until: ['a.b'], index });
    expect(read1).toMatchObject({ id: 'e1', key: 'c1', type: 'a.b', isEnd: true, isCut: true });
    expect(read1.at).toBe(Date.UTC(2026, 10, 21, 9, 30));
    expect(read1.fields.get('data.shop')).toBe('s1');
  });

  it('keeps the sender of a pull request, whose repository stands in it three times', () => {
    const part = (name: string, size: number) =>
      Object.fromEntries(Array.from({ length: size }, (_, index) => [`${name}_${index}`, `value ${index}`]));
    const pull = { ...part('pull', 220), base: { repo: part('repo', 113) }, head: { repo: part('repo', 113) } };
    const event = { action: 'opened', pull_request: pull, repository: part('repo', 113), sender: { login: 'jane' } };
    const { fields, isCut } = read(JSON.stringify(event), { verify: 'github' });
    expect([fields.get('sender.login'), isCut]).toEqual(['jane', false]);
  });
});

describe('the time of an event', () => {
  const at = Date.UTC(2026, 10, 21, 9, 30);
  it.each([
    [at / 1000, at],
    [at, at],
    [`${at / 1000}`, at],
    [`${at}000000`, at],
    ['1.79525340e9', at],
    ['2026-11-21T09:30:00Z', at],
    ['2026-11-21T09:30:00', at],
    ['2026-11-21 09:30:00', at],
    ['2026-11-21T11:30:00+02:00', at],
    ['2026-11-21T11:30:00.123+0200', at + 123],
    ['2026-11-21', Date.UTC(2026, 10, 21)],
    ['order 12', NOW],
    ['11/12/2025', NOW],
    ['2026-02-30T09:30:00Z', NOW],
    ['2099-01-01', NOW],
    [-1, NOW],
    [0, NOW],
    [true, NOW],
  ])('%s is read, or is none', (time, expected) => {
    expect(read(JSON.stringify({ created: time }), { time: 'created' }).at).toBe(expected);
  });
});
