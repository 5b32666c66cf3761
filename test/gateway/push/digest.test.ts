/** The words of an alert. */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/gateway/push/digest.ts';
import type { AlertNews } from '../../../src/gateway/push/ledger.ts';
import { pushRowOf } from './rows.ts';

const AT = new Date(2026, 10, 21, 9, 30).getTime();
const nothing: AlertNews = { at: AT, lastAt: undefined, pushes: [], failed: 0, unclear: 0, outages: [] };
const trouble = { kind: 'timeout', problem: 'no\nanswer', words: 'w' };
const failed = pushRowOf({ state: 'failed', xRequest: '12', title: 'Printer', trouble });
const down = { target: 'Bugs', since: AT - 60_000, reason: 'Bugs did not answer', backAt: undefined };

const told = (news: Partial<AlertNews>, withValues = false) => {
  const { title, text } = digestOf({ ...nothing, ...news }, withValues);
  return { title, lines: text.split('\n') };
};

describe('an alert', () => {
  it('counts, and names each push', () => {
    expect(told({ pushes: [failed], failed: 1, unclear: 2, lastAt: AT - 3_600_000 })).toEqual({
      title: 'HelpSpot pushes: 1 failed, 2 unclear',
      lines: [
        '1 failed, 2 unclear since the last alert (08:30).',
        '',
        'failed: request 12 to Tickets: no answer; see helpspot-gateway pushes show q-1',
        'and 2 more: helpspot-gateway pushes list --state=failed,unclear',
      ],
    });
  });

  it.each([
    [{ reference: 'abc' }, false, 'failed: request 12 to Tickets (ref abc): no answer'],
    [{}, true, 'failed: request 12 "Printer" to Tickets: no answer'],
    [{ xRequest: '' }, true, 'failed: a request "Printer" to Tickets: no answer'],
    [{ xRequest: '', origin: 'chats bob@example.com' }, false, 'failed: a record of chats to Tickets: no answer'],
    [{ trouble: undefined }, false, 'failed: request 12 to Tickets: the reason is not known'],
  ])('says of %j (titles: %s) what may be said', (more, withValues, words) => {
    const { lines } = told({ pushes: [{ ...failed, ...more }], failed: 1 }, withValues);
    expect(lines).toEqual(['1 failed.', '', `${words}; see helpspot-gateway pushes show q-1`]);
  });

  it('names the first targets that are down or back in its title, and all in its text', () => {
    const back = { ...down, target: 'Chat', backAt: AT };
    const outages = [down, back, { ...down, target: 'C' }, { ...down, target: 'D' }];
    const { title, lines } = told({ outages });
    expect(title).toBe(
      'HelpSpot pushes: Bugs is down since 09:29; Chat is back; C is down since 09:29; and 1 more push targets',
    );
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('Bugs is down since 09:29: Bugs did not answer. What is pushed to it waits.');
    expect(lines[1]).toBe('Chat is back since 09:30; it was down since 09:29.');
    expect(told({ outages: outages.slice(0, 3) }).title).not.toContain('more push targets');
  });
});
