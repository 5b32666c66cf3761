/** What staff read of a push that another system refused: that system's own words. */
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import { pushWords } from '../../../src/gateway/push/words.ts';
import { pushBench } from './harness.ts';

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
