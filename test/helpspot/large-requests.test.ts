import { expect, it } from 'vitest';
import { jsonPushIn } from '../../src/gateway/push/json-push.ts';
import { cutRequest, formIn, type Reading, readingOf, webhookIn } from '../../src/helpspot/large-requests.ts';

import { note, request } from './pushed-examples.ts';

const MILLION = 1_000_000;
function requestOf<Value>(reading: Reading<Value>): Value {
  if (reading.unreadable !== undefined) throw new Error(reading.unreadable);
  return reading.value;
}

const LEFT_OUT = /\n\n\[\d+ more characters are left out\]$/;

it('cuts the texts of a request at what a target gets of them, and says so', () => {
  const history = Object.fromEntries(
    Array.from({ length: 6 }, (_, at) => [
      `${at + 1}`,
      { tNote: `${at}${'x'.repeat(2 * MILLION)}`, xRequestHistory: `${at + 1}` },
    ]),
  );
  const sent = { xRequest: '12', sTitle: 'Printer', Custom1: 'y'.repeat(3 * MILLION), request_history: history };
  const body = Buffer.from(JSON.stringify(sent));
  const { fields, notes } = requestOf(jsonPushIn({ body, target: 'Tickets', mapping: undefined })).request;
  const texts = notes.map(({ text }) => text);
  expect(fields).toMatchObject({ xRequest: '12', sTitle: 'Printer' });
  expect(texts.map((text) => text[0])).toEqual(['0', '1', '2', '3', '4', '5']);
  for (const text of [...texts, fields['Custom1']]) expect(text).toMatch(LEFT_OUT);
  // The newest are the longest.
  expect(texts.at(-1)?.length).toBeGreaterThan(0.99 * MILLION);
  expect(texts[0]?.length).toBeLessThan(1_000);
  const all = texts.reduce((sum, { length }) => sum + length, 0);
  expect(all).toBeLessThan(4.1 * MILLION);
});

it('cuts those of a webhook, and leaves what is within the limits as it is', () => {
  const form = (note: string) => Buffer.from(`xRequest=12&tNote=${note}`);
  const sent = (note: string) => requestOf(webhookIn({ query: { Custom5: 'q' }, form: form(note), most: 100 }));
  expect(sent('x'.repeat(2 * MILLION)).notes[0]?.text).toMatch(LEFT_OUT);
  expect(sent('x'.repeat(0.9 * MILLION)).notes[0]?.text).toBe('x'.repeat(0.9 * MILLION));
  expect(sent('x').fields).toMatchObject({ Custom5: 'q', tNote: 'x', xRequest: '12' });
});

it('counts the newest notes first, and leaves short texts alone', () => {
  const long = (count: number) => 'x'.repeat(count);
  const cut = (count: number, left: number) => `${long(count)}\n\n[${left} more characters are left out]`;
  const most = MILLION - 100;
  const notes = [0, 1, 2, 3].map((at) =>
    note({ id: `${at}`, text: long(at === 3 ? most : most + 1), log: at === 3 ? 'l' : '' }),
  );
  const { notes: kept, fields } = cutRequest(request({ a: long(255), b: long(400), c: long(256) }, notes));
  expect(kept.map(({ text }) => text)).toEqual([...[1, 1, 1].map((left) => cut(most, left)), long(most)]);
  expect(kept.map(({ id, log }) => id + log)).toEqual(['0', '1', '2', '3l']);
  // 400 were left for the fields; each has 255 in any case.
  expect({ ...fields }).toEqual({ a: long(255), b: long(400), c: cut(255, 1) });
  const logs = cutRequest(request({}, [note({ log: long(MILLION) })])).notes[0]?.log;
  expect(logs).toBe(cut(most, 100));
});

it('tells why a webhook cannot be read', () => {
  expect(webhookIn({ query: {}, form: undefined, most: 9 })).toEqual({
    unreadable: 'The webhook holds no field; HelpSpot sends the request as a form: xRequest, sTitle, tNote …',
    kind: 'no-request',
  });
  expect(webhookIn({ query: {}, form: Buffer.from('a=1&b=2'), most: 1 })).toEqual({
    unreadable: 'The webhook has more than 1 fields, and the gateway reads no more; nothing was pushed',
    kind: 'too-many',
  });
  expect(requestOf(webhookIn({ query: { a: '1' }, form: undefined, most: 9 })).fields).toEqual({ a: '1' });
  expect(requestOf(formIn(Buffer.from('a=1')))).toEqual({ a: '1' });
  const bug = () => {
    throw new TypeError('a mistake of ours');
  };
  expect(() => readingOf(bug)).toThrow('a mistake of ours');
});
