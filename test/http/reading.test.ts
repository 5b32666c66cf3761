import { describe, expect, it } from 'vitest';
import { fieldsReadAtOnce } from '../../src/http/limits.ts';
import { readForm, readWebhookCall } from '../../src/http/reading.ts';

const formOf = (fields: number) => Buffer.from(Array.from({ length: fields }, (_, index) => `f${index}=1`).join('&'));

describe('a form with many short fields', () => {
  // Only what is read in a thread can be ended from outside.
  const ended = { deadlineMs: 10_000, signal: AbortSignal.abort(new Error('ended')) };
  const webhook = (fields: number) => readWebhookCall({ query: {}, form: formOf(fields), most: 20_000 }, ended);

  it('is read in a thread', async () => {
    await expect(webhook(fieldsReadAtOnce + 1)).rejects.toThrow('ended');
    await expect(readForm(formOf(fieldsReadAtOnce + 1), ended)).rejects.toThrow('ended');
  });

  it('and refused where that takes too long', async () => {
    await expect(readForm(formOf(fieldsReadAtOnce + 1), { deadlineMs: 1 })).rejects.toMatchObject({
      status: 503,
      message: 'The gateway is too busy to read a call of this size, so it did nothing with it; try again in a minute',
    });
  });

  it('and one with few is not', async () => {
    expect(Object.keys((await webhook(fieldsReadAtOnce)).fields)).toHaveLength(fieldsReadAtOnce);
    expect(Object.keys(await readForm(formOf(3), ended))).toEqual(['f0', 'f1', 'f2']);
  });
});
