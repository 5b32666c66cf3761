/** What staff read of a push that another system refused: that system's own words. */
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import { pushWords, standingOf } from '../../../src/gateway/push/words.ts';
import { pushBench } from './harness.ts';
import { pushRowOf } from './rows.ts';

const asItIs = (text: string) => text;
const refusal = (said: string | undefined) => new SourceError('rejected', 'no', { said });
const ADVICE = 'tell your administrator';

describe('the words of another system', () => {
  it.each([
    ['project unknown', `Bugs refused what was pushed: "project unknown"; ${ADVICE}`],
    [' Say "yes"\r\n\u0000\u202e or “no” ', `Bugs refused what was pushed: "Say 'yes' or 'no'"; ${ADVICE}`],
    [`a${'😀'.repeat(300)}`, `Bugs refused what was pushed: "a${'😀'.repeat(198)}…"; ${ADVICE}`],
    ['', `Bugs refused what was pushed; ${ADVICE}`],
    ['***', `Bugs refused what was pushed; ${ADVICE}`],
    [undefined, `Bugs refused what was pushed; ${ADVICE}`],
  ])('%j are quoted on one line, and cut', (said, words) => {
    expect(pushWords('Bugs', refusal(said), asItIs)).toBe(words);
  });

  it('are not told where nobody can take out what was pushed, nor of a failure that is no refusal', () => {
    expect(pushWords('Bugs', refusal('project unknown'))).toBe(`Bugs refused what was pushed; ${ADVICE}`);
    expect(pushWords('Bugs', new SourceError('unreachable', 'no', { said: 'x11 down' }), asItIs)).not.toContain('x11');
  });

  it('are ours where it takes no pushes any more, unless the adapter brings words', () => {
    const gone = (staffWords?: string) => new SourceError('rejected', 'no', { gone: true, said: 'closed', staffWords });
    expect(pushWords('Bugs', gone(), asItIs)).toBe(`Bugs takes no pushes any more; ${ADVICE}`);
    expect(pushWords('Bugs', gone('was closed'), asItIs)).toContain('was closed');
  });

  it('reach staff without secrets and without what was pushed, however they are cut', async () => {
    const secret = 'S3cret-of-another-source';
    const bench = await pushBench({ secrets: [secret] });
    bench.target.fault = () => 422;
    bench.target.said = `Field "Printer" of bob@example.com: <b>unknown</b> ${'long '.repeat(32)} ${secret} and more`;
    const words = await bench.push();
    expect(words).toMatch(/^Tickets refused what was pushed: "Field '\*\*\*' of \*\*\*: <b>unknown<\/b> long /);
    expect(words).toMatch(/…"; tell your administrator \(ref \w+\)$/);
    expect(words).not.toContain('S3c');
    expect(JSON.stringify(bench.log.lines)).not.toContain('S3c');
  });
});

describe('where a push stands', () => {
  const NOW = Date.UTC(2026, 10, 21, 9, 30);
  const trouble = { kind: 'timeout', problem: 'p', words: 'Bugs did not answer; try again in a minute' };
  const since = 'It waits to be sent to Bugs, since 1970-01-01 00:00 UTC';
  const failed = '. The last attempt failed: Bugs did not answer';

  it.each([
    [{ state: 'done' }, ''],
    [{ state: 'sending' }, 'It is being sent to Bugs'],
    [{ state: 'waiting', attempts: 0 }, since],
    [{ state: 'waiting', nextAt: NOW }, `${since}; it was tried once, and is tried again now`],
    [
      { state: 'waiting', attempts: 2, nextAt: NOW + 1, trouble },
      `${since}; it was tried 2 times, and is tried again at 2026-11-21 09:30 UTC${failed}`,
    ],
    [
      { state: 'waiting', trouble: { ...trouble, kind: 'gone' } },
      `${since}, until your administrator has seen to it (q-1)${failed}`,
    ],
    [
      { state: 'failed', trouble },
      `It did not get to Bugs, and is not tried any more${failed}. Your administrator can send it again (q-1)`,
    ],
    [{ state: 'dropped', trouble }, 'Your administrator took it out; it is not sent to Bugs'],
    [
      { state: 'unclear', supersededBy: 'q-2' },
      'Whether it got to Bugs matters no more: it was pushed again, and got there as q-2',
    ],
  ] as const)('%j', (row, words) => {
    expect(standingOf(pushRowOf(row), 'Bugs', NOW, NOW)).toBe(words);
  });

  it('says that it is looked for, while it is', () => {
    const words = standingOf(pushRowOf({ state: 'waiting', trouble }), 'Bugs', NOW, NOW + 60_000);
    expect(words).toMatch(
      /is not known yet: it is looked for there until 2026-11-21 09:31 UTC, and sent again only if/,
    );
  });
});
