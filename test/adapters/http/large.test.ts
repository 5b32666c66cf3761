/** Answers of megabytes, well meant and hostile: the event loop turns while they are read, and a deadline ends the reading. */

import { describe, expect, it } from 'vitest';
import { withDeadlineWithin } from '../../../src/contract/index.ts';
import { ask, context } from '../../support/open-source.ts';
import { over } from './source.ts';

/** Far above what a busy machine adds, and far below what a costly path would hold the event loop for. Milliseconds. */
const BLOCKED = 3_000;

/** The longest time between two turns of the event loop while `work` goes on. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(longest, performance.now() - last);
}

describe('a large answer', () => {
  it('in JSON gives what is asked for of 250,000 records', async () => {
    const { find } = await over({ body: JSON.stringify(Array.from({ length: 250_000 }, (_, id) => ({ id }))) });
    const found: unknown[] = [];
    const pause = await longestPause(async () => found.push(await find(ask({ id: '249999' }), context())));
    expect(found).toEqual([[{ id: 249_999 }]]);
    expect(pause).toBeLessThan(BLOCKED);
    expect(await find(ask({}, { limit: 3 }), context())).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }]);
  });

  it('of one record with 300,000 fields is cut, and that is said', async () => {
    const fields = Array.from({ length: 300_000 }, (_, index) => `"f${index}":${index}`);
    const { find } = await over({ body: `{${fields}}` });
    const notices: string[] = [];
    const [record] = await find(ask({}), { ...context(), notice: (text) => notices.push(text) });
    expect(Object.keys(record ?? {})).toHaveLength(5_000);
    expect(notices.join()).toContain('only 5000 values of each record');
  });

  it('in XML gives thousands of records in their order', async () => {
    const body = `<r>${Array.from({ length: 20_000 }, (_, id) => `<a><id>${id}</id></a>`).join('')}</r>`;
    const settings = { format: 'xml', records: '//a', fields: { id: 'id' } };
    const { find } = await over({ body, headers: { 'content-type': 'text/xml' } }, settings);
    let found: readonly unknown[] = [];
    const pause = await longestPause(async () => {
      found = await find(ask({}, { limit: 4_000 }), context());
    });
    expect(found).toHaveLength(4_000);
    expect(found[3_999]).toEqual({ id: '3999' });
    expect(pause).toBeLessThan(BLOCKED);
  });

  it('with a path that never ends is given up before the deadline as what it is, and the next question is answered', async () => {
    const bodies = [`<r>${'<a/>'.repeat(200_000)}</r>`, '<r><a><id>1</id></a></r>'];
    const settings = { format: 'xml', records: 'a[count(preceding-sibling::*) < 0 or id]' };
    const { find } = await over(
      () => ({ body: bodies.shift() ?? '', headers: { 'content-type': 'text/xml' } }),
      settings,
    );
    const pause = await longestPause(async () => {
      const asked = withDeadlineWithin(1_500, undefined, (signal) => find(ask({}), { ...context(), signal }));
      await expect(asked).rejects.toMatchObject({
        kind: 'bad-response',
        message: expect.stringMatching(/answered GET .*, but its answer of 801 kB could not be read in time$/),
        remedy: expect.stringContaining('paths in the settings simpler'),
      });
    });
    expect(pause).toBeLessThan(BLOCKED);
    expect(await find(ask({}), context())).toEqual([{ id: '1' }]);
  });
});
