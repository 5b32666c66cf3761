import { describe, expect, it, onTestFinished } from 'vitest';
import { DeadlineExceeded } from '../../../src/contract/index.ts';
import { pushTexts } from '../../../src/gateway/push/texts.ts';
import type { PushedRequest } from '../../../src/helpspot/pushed-request.ts';
import { pushBench, pushed } from './harness.ts';

const MARKDOWN = { format: 'markdown', withFileLinks: true } as const;

/** Lists in one another around ever so many lines: nothing that a reader would miss, and much work. */
const HOSTILE = `<p>Hello</p>${'<ul><li>'.repeat(24)}<pre>${'x\n'.repeat(220_000)}</pre>`;

function withNote(text: string, isHtml = true): PushedRequest {
  const { fields, notes } = pushed();
  return { fields, notes: notes.map((note) => ({ ...note, text, isHtml })) };
}

/** Counts how often the event loop goes round. */
function turns(): () => number {
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
  }, 5);
  onTestFinished(() => clearInterval(timer));
  return () => count;
}

describe('the texts of a push', () => {
  it('are the same whether a thread made them or not', async () => {
    const short = '<p>a <b>b</b></p>';
    const [here] = await pushTexts(withNote(short), [MARKDOWN]);
    const [there] = await pushTexts(withNote(`${short}<!--${'x'.repeat(100_000)}-->`), [MARKDOWN]);
    expect(there).toEqual(here);
    expect(there?.['note']).toBe('a **b**');
    expect(Object.getPrototypeOf(there)).toBeNull();
  });

  it('leave the event loop free while much is converted', async () => {
    const count = turns();
    const reasons: unknown[] = [];
    const [texts] = await pushTexts(withNote(HOSTILE), [MARKDOWN], { onRough: (error) => reasons.push(error) });
    expect(count()).toBeGreaterThan(20);
    expect(texts?.['note']).toMatch(/Hello/);
  });

  it('are written without their layout when the time is up, and say so', async () => {
    const reasons: unknown[] = [];
    const [texts] = await pushTexts(withNote(HOSTILE), [MARKDOWN], {
      longestMs: 50,
      onRough: (error) => reasons.push(error),
    });
    expect(reasons).toEqual([expect.any(DeadlineExceeded)]);
    expect(texts?.['note']).toMatch(/^\\\[This note was too much to convert\..*\n\nHello/);
    expect(texts?.['sTitle']).toBe('Printer');
  });

  it('are made in the same way for a call that was given up, which nobody hears of', async () => {
    const reasons: unknown[] = [];
    const signal = AbortSignal.abort(new Error('gone'));
    const [texts] = await pushTexts(withNote(HOSTILE), [MARKDOWN], { signal, onRough: (error) => reasons.push(error) });
    expect(texts?.['note']).toMatch(/too much to convert/);
    expect(reasons).toEqual([]);
  });
});

it('a push with a note that is too much arrives, and nobody else waits for it', async () => {
  const bench = await pushBench({ talents: { format: 'markdown' }, deadlineMs: 4_000 });
  const count = turns();
  const { id, failure, reference } = await bench.gateway.push({ target: 'Tickets', request: withNote(HOSTILE) }, {});
  expect(failure).toBeUndefined();
  expect(id).toMatch(/./);
  expect(count()).toBeGreaterThan(20);
  expect(bench.target.tickets.at(-1)?.body).toMatch(/Hello/);
  expect(bench.log.lines.find(({ message }) => message.startsWith('the notes of a push'))).toMatchObject({
    level: 'warn',
    fields: { reference, target: 'Tickets', problem: expect.stringContaining('1333 ms') },
  });
});
