/** JSON of other systems: what is at a path, numbers as they are written, and what a mapping makes of it. */
import { describe, expect, it } from 'vitest';
import { readExactJson, withExactNumbers } from '../../../src/gateway/push/exact-json.ts';
import { pathMistake, textOfPath } from '../../../src/gateway/push/json-paths.ts';
import { jsonPushIn } from '../../../src/gateway/push/json-push.ts';
import { fingerprintOfName, idempotencyKeyMistake } from '../../../src/gateway/push/once.ts';
import type { JsonMapping } from '../../../src/gateway/push/plan.ts';

const many = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);

describe('a path', () => {
  it.each([
    ['a', undefined],
    [many(20).join('.'), undefined],
    [many(21).join('.'), 'is a path of more than 20 names'],
    ['', 'has the place {{}}, which lacks a name; write a path like {{contact.phones.0}}'],
    ['a. .b', 'has the place {{a. .b}}, which lacks a name; write a path like {{contact.phones.0}}'],
    [
      `${'x'.repeat(300)}.`,
      `has the place {{${'x'.repeat(200)}}}, which lacks a name; write a path like {{contact.phones.0}}`,
    ],
    ['x'.repeat(200), undefined],
    [`a.${'x'.repeat(201)}`, 'names a key of more than 200 characters'],
  ])('%s', (place, mistake) => {
    expect(pathMistake(place)).toBe(mistake);
  });

  it.each<[unknown, string, string]>([
    [{ a: 'x' }, 'a', 'x'],
    [{ a: 1.5, b: true }, 'a', '1.5'],
    [{ a: false }, 'a', 'false'],
    [{ a: null }, 'a', ''],
    [{ a: { b: 'x' } }, 'a', ''],
    [{ a: { b: 'x' } }, 'a.b', 'x'],
    [{ a: 'x' }, 'a.b', ''],
    [null, 'a', ''],
    [{ a: ['x', '', ['y', 2], { b: 'z' }, null] }, 'a', 'x, y, 2'],
    [{ a: ['x', 'y'] }, 'a.1', 'y'],
    [{ a: ['x'] }, 'a.1', ''],
    [{ a: ['x'] }, 'a.01', ''],
    [{ a: ['x', 'y'] }, 'a.0000000001', ''],
    [{ a: ['x', 'y'] }, 'a.000000001', 'y'],
    [{ a: [{ b: 'x' }, { b: 'y' }, { c: 'z' }] }, 'a.b', 'x, y'],
    [{ a: [{ b: [{ c: 1 }] }, { b: { c: 2 } }] }, 'a.b.c', '1, 2'],
    [{ a: { 0: 'x' } }, 'a.0', 'x'],
    [{ 'a.b': 'long', a: { b: 'short' } }, 'a.b', 'long'],
    [{ 'a.b': {}, a: { b: { c: 'short' } } }, 'a.b.c', 'short'],
    [{ 'a.b': null, a: { b: 'short' } }, 'a.b', ''],
    [{}, 'constructor', ''],
    [{ [many(20).join('.')]: 'x' }, many(20).join('.'), 'x'],
    [{ [many(21).join('.')]: 'x' }, many(21).join('.'), ''],
  ])('into %j, %j, has the text %j', (value, path, text) => {
    expect(textOfPath(value, path)).toBe(text);
  });

  it.each([
    ['a', (count: number) => ({ a: many(count) })],
    ['a.b', (count: number) => ({ a: many(count).map((b) => ({ b })) })],
    ['a', (count: number) => ({ a: [many(600), many(count - 600)] })],
  ])('into a list, %s, has the first thousand', (path, of) => {
    expect(textOfPath(of(1_000), path).split(', ')).toHaveLength(1_000);
    expect(textOfPath(of(1_001), path).split(', ')).toHaveLength(1_000);
  });

  it('into a list looks no further than at a thousand, whatever they hold', () => {
    const list = (count: number, last: unknown) => ({ a: [...many(count).map(() => null), last] });
    expect([999, 1_000].map((count) => textOfPath(list(count, 'x'), 'a'))).toEqual(['x', '']);
    expect([999, 1_000].map((count) => textOfPath(list(count, { b: 'x' }), 'a.b'))).toEqual(['x', '']);
  });
});

describe('numbers', () => {
  it.each([
    ['{"a":1,"b":-7,"c":0.5}', '{"a":1,"b":-7,"c":0.5}', 3],
    ['{"a":1.50}', '{"a":"1.50"}', 1],
    ['[12345678901234567890,-0,1e3,1E+2,2]', '["12345678901234567890","-0","1e3","1E+2",2]', 0],
    ['{"a:1.50":"\\"1.50","b":{"c":[]}}', '{"a:1.50":"\\"1.50","b":{"c":[]}}', 3],
    ['"\\\\"', '"\\\\"', 0],
    ['1.0', '"1.0"', 0],
    [' 1e999 ', ' "1e999" ', 0],
  ])('of %s that a double cannot hold are texts: %s', (json, exact, members) => {
    expect(withExactNumbers(json)).toEqual({ exact, members });
  });

  const read = (text: string) => readExactJson(Buffer.from(text));
  it('are read so, and nothing else is another', () => {
    expect(read('{"id":9007199254740993,"n":7,"x":["1.0",1.0]}')).toEqual({
      ...{ id: '9007199254740993', n: 7, x: ['1.0', '1.0'] },
    });
    expect(read('\ufeff {"a":null}')).toEqual({ a: null });
  });

  const ADVICE = 'send one JSON object, without what the mapping does not need';
  it.each([
    [' \n', `Nothing arrived; ${ADVICE}`],
    ['{"a":x}', `What arrived is no JSON; ${ADVICE}`],
    ['[]', `What arrived is a list; ${ADVICE}`],
    ['7', `What arrived is a single value; ${ADVICE}`],
    ['null', `What arrived is a single value; ${ADVICE}`],
    ['{"a":[{"b":1,"b":2}]}', 'What arrived has the same key twice in one object; send each key once'],
    [`{"a":${'['.repeat(20)}${']'.repeat(20)}}`, `What arrived is nested more than 20 deep; ${ADVICE}`],
    [`{"a":[${many(5_001).join()}]}`, `What arrived has an object or a list of 5000 members or more; ${ADVICE}`],
  ])('and %j is refused in words', (text, words) => {
    expect(() => read(text)).toThrow(words);
  });

  it('and as much as is allowed is read', () => {
    expect(read(`{"a":${'['.repeat(19)}${']'.repeat(19)}}`)).toHaveProperty('a');
    expect(read(`{"a":[${many(5_000).join()}]}`)).toHaveProperty('a');
  });
});

describe('a mapping', () => {
  const from = (json: unknown, mapping: JsonMapping | undefined) => {
    const body = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
    const reading = jsonPushIn({ body, target: 'Tickets', mapping });
    if (!('value' in reading)) return reading.unreadable;
    const { request, ...more } = reading.value;
    return { ...more, fields: { ...request.fields }, notes: request.notes.map(({ text }) => text) };
  };
  const map = { sTitle: '{{a}}', tNote: '{{b.c}}!' };

  it('makes fields, a note, and the key of what was sent', () => {
    expect(from({ a: 'x\u0000', b: { c: 7 }, id: ' k ' }, { map, idempotencyKey: '{{id}}' })).toEqual({
      ...{ isMapped: true, idempotencyKey: 'k', fields: { sTitle: 'x', tNote: '7!' }, notes: ['7!'] },
    });
    expect(from({ a: 'x' }, { map: { sTitle: '{{a}}{{a}}' } })).toEqual({
      ...{ isMapped: true, idempotencyKey: '', fields: { sTitle: 'xx' }, notes: [] },
    });
    expect(from({ z: 1 }, { map: { sTitle: 'constant' } })).toMatchObject({ fields: { sTitle: 'constant' } });
  });

  it('that finds nothing, or a key that is none, is refused in words', () => {
    const nothing = (names: string) => `What arrived has nothing that push.Tickets.json names: ${names}`;
    expect(from({ a: ' ' }, { map })).toBe(nothing('a, b.c'));
    const wide = (count: number) => ({
      map: {
        sTitle: many(count)
          .map((name) => `{{n${name}}}`)
          .join(''),
      },
    });
    const ten = 'n0, n1, n2, n3, n4, n5, n6, n7, n8, n9';
    expect([from({}, wide(10)), from({}, wide(11))]).toEqual([nothing(ten), nothing(`${ten} …`)]);
    const keyed = (length: number) => from({ a: 'x'.repeat(length) }, { map, idempotencyKey: '{{a}}' });
    expect(keyed(255)).toMatchObject({ idempotencyKey: 'x'.repeat(255) });
    expect(keyed(256)).toBe('push.Tickets.json.idempotencyKey is longer than 255 characters; send a shorter one');
    const places = (count: number) => from({ a: 'x'.repeat(1_000_000) }, { map: { sTitle: '{{a}}'.repeat(count) } });
    expect(places(17)).toBe('The templates of push.Tickets.json come to more than 16000000 characters');
    expect(places(16)).toMatchObject({ isMapped: true });
  });

  it('is not asked where HelpSpot pushes: the number of the request, and something beside it', () => {
    const isMapped = (json: object) => Object(from(json, { map: { sTitle: '{{xRequest}}{{a}}' } })).isMapped;
    expect(isMapped({ xRequest: '1', sTitle: 'x' })).toBe(false);
    expect(isMapped({ xRequest: '1', a: 'x' })).toBe(true);
    expect(isMapped({ sTitle: 'x', sEmail: 'y', a: '"xRequest"' })).toBe(true);
    expect(from({ xRequest: '1', sTitle: 'x' }, undefined)).toMatchObject({ isMapped: false, idempotencyKey: '' });
    expect(from({ Custom5: 'x' }, undefined)).toMatchObject({ isMapped: false });
    // What cannot be read is told to its sender, who is not HelpSpot.
    for (const broken of ['{"xRequest":', '["xRequest"]'])
      expect(from(broken, { map })).toMatch(/send one JSON object/);
    expect(from({ other: 'x' }, undefined)).toMatch(
      /^What arrived is no request of HelpSpot.*write push\.Tickets\.json /,
    );
  });
});

it('a key is no more and no less than 255 characters, and another one for each target, sender and text', () => {
  expect(idempotencyKeyMistake('')).toBe('is empty; send a text that is another one for each push, or none');
  expect(['x', 'x'.repeat(255)].map(idempotencyKeyMistake)).toEqual([undefined, undefined]);
  const names = [
    ...[fingerprintOfName('a', { caller: 'b', key: 'c' }), fingerprintOfName('b', { caller: 'a', key: 'c' })],
    ...[fingerprintOfName('a', { caller: 'b', key: 'd' }), fingerprintOfName('a', { caller: 'x', key: 'c' })],
  ];
  expect(new Set(names).size).toBe(4);
  expect(names[0]).toMatch(/^once [0-9a-f]{64}$/);
});
