import { expect, it } from 'vitest';
import { jsonPushIn } from '../../src/gateway/push/json-push.ts';
import { type Reading, webhookIn } from '../../src/helpspot/large-requests.ts';

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
