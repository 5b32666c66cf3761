/** What is told of one question to one source. */
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import { SearchLog } from '../../../src/gateway/lookup/search-log.ts';
import { Resting } from '../../../src/gateway/sources/unasked.ts';
import { memoryHandle } from '../../support/plans.ts';

const AWAY = new SourceError('unreachable', 'no route');

describe('the log of a search', () => {
  const crm = memoryHandle('crm', undefined, { title: 'CRM' });
  const rest = { since: 0, nextAt: Date.now(), dueAt: 0, error: AWAY };
  const asked = { step: 's', source: crm, count: 2, milliseconds: 5, error: undefined, kept: undefined };

  it.each([
    [{}, { failed: false }, { milliseconds: 5 }],
    [{ error: AWAY }, { failed: true }, { milliseconds: 5, problem: 'no route' }],
    [{ kept: 'fresh' }, { failed: false, answer: 'fresh' }, { milliseconds: 5, answer: 'fresh' }],
    [{ kept: 'stale' }, { failed: false, answer: 'stale' }, { milliseconds: 5, answer: 'stale' }],
    [
      { milliseconds: undefined, error: AWAY },
      { failed: true, answer: 'late', milliseconds: 0 },
      { problem: 'no route' },
    ],
    [
      { milliseconds: undefined, error: AWAY, kept: 'stale' },
      { failed: false, answer: 'stale', milliseconds: 0 },
      { answer: 'stale', problem: 'no route' },
    ],
    [
      { error: new Resting('crm', rest) },
      { failed: true, answer: 'rests' },
      { milliseconds: 5, problem: 'source crm rests since 1970-01-01T00:00:00.000Z: no route' },
    ],
  ] as const)('has of %j the report %j', (more, report, step) => {
    const log = new SearchLog('REF');
    log.asked({ ...asked, ...more });
    expect(log.reports).toEqual([{ source: 'crm', count: 2, milliseconds: 5, ...report }]);
    expect(log.steps).toEqual([{ step: 's', source: 'crm', count: 2, problem: undefined, answer: undefined, ...step }]);
    expect('milliseconds' in (log.steps[0] ?? {})).toBe('milliseconds' in step);
  });

  it('adds up what one source was asked, and what is said once', () => {
    const log = new SearchLog('REF');
    log.asked(asked);
    log.asked({ ...asked, count: 3, milliseconds: 7 });
    expect(log.reports).toEqual([{ source: 'crm', count: 5, milliseconds: 12, failed: false }]);
    log.say('A');
    log.standIn(crm, { error: AWAY, at: Date.now(), count: 0 }, 'nobody');
    log.say('A');
    const [first, second, ...others] = log.notices;
    expect([first, others]).toEqual(['A', []]);
    expect(second).toMatch(/^CRM did not answer; .*\(ref REF\)$/);
    expect(log.replaced).toEqual([{ source: 'crm', title: 'CRM', error: AWAY }]);
  });
});
