import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import { withoutValues } from '../../src/gateway/call-values.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { recordedLog } from '../support/log.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../support/plans.ts';
import { runs } from '../support/runs.ts';

const CALL = ['bob@example.com', "O'Brien & Söhne", '12', 'Bob', '+49 30 1234', 'line one\nline "two"'];

it.each([
  ["args beginning with: 'email:bob@example.com'", "args beginning with: 'email:***'"],
  ['no such user BOB@EXAMPLE.COM', 'no such user ***'],
  ['GET /people?email=bob%40example.com failed', 'GET /people?email=*** failed'],
  ['nobody like alice@example.org', 'nobody like ***'],
  ["no o'brien & söhne here", 'no *** here'],
  ['no O%27Brien%20%26%20S%C3%B6hne here', 'no *** here'],
  ['no o%27brien+%26+s%c3%b6hne here', 'no *** here'],
  ['{"value":"line one\\nline \\"two\\""}', '{"value":"***"}'],
  ["<b>O'Brien &amp; Söhne</b>", '<b>***</b>'],
  ["12 rows, none with id '12'", "12 rows, none with id '***'"],
  ['bob is no Bobby', '*** is no Bobby'],
  ['phone=+49%2030%201234', 'phone=+49%2030%201234'.replace('+49%2030%201234', '***')],
  ['permission denied for table customers', 'permission denied for table customers'],
])('%s', (said, told) => {
  expect(withoutValues(CALL)(said)).toBe(told);
});

it('takes out any value, whatever signs it has, and never stumbles', () => {
  const signs = fc.string({ unit: fc.constantFrom(...'-^$.*+?()[]{}|/\\\'"&<> aé0%,;:#@!~`=_'), maxLength: 20 });
  fc.assert(
    fc.property(
      fc.array(signs, { maxLength: 5 }),
      signs.map((text) => text.trim()),
      (others, value) => {
        const told = withoutValues([...others, value])(`refused: "${value}"!`);
        if (value.length >= 6 && !'refused: ""!'.includes(value)) expect(told).not.toContain(value);
      },
    ),
    runs(150),
  );
  expect(withoutValues(['*', '*"----'])('refused: "*"----"!')).toBe('refused: "***"!');
  expect(withoutValues(['Anna Mueller', 'Mueller Ltd'])('no Anna Mueller Ltd here')).toBe('no *** here');
  expect(withoutValues(['030 123-45', '-', ''])("no '030 123-45' here")).toBe("no '***' here");
});

it('takes out what is quoted of a long text', () => {
  const note = `Dear all, my account is broken since Monday. ${'More words. '.repeat(100)}`;
  expect(withoutValues([note])('Field "body" is wrong near "account is broken since"')).toBe(
    'Field "body" is wrong near "***"',
  );
});

it.each([
  ['without quotes', (note: string) => `cannot store ${note.slice(0, 300)}`, 'cannot store ***'],
  ['cut off', (note: string) => `cannot store ${note.slice(0, 40)}...`, 'cannot store ***...'],
  ['cut at both ends', (note: string) => `near: ${note.slice(16, 40)} (line 3)`, 'near: *** (line 3)'],
  ['on one line', (note: string) => `cannot store ${note.replaceAll('\n', ' ').slice(0, 300)}`, 'cannot store ***'],
  ['in capitals', (note: string) => `cannot store ${note.slice(0, 300).toUpperCase()}`, 'cannot store ***'],
  ['in small letters', (note: string) => `cannot store ${note.slice(0, 300).toLowerCase()}`, 'cannot store ***'],
  ['percent-encoded', (note: string) => `note=${encodeURIComponent(note.slice(0, 300))}&b=1`, 'note=***&b=1'],
  [
    'in JSON',
    (note: string) => `{"note":"${JSON.stringify(note.slice(0, 300)).slice(1, -1)}","b":1}`,
    '{"note":"***","b":1}',
  ],
  ['in HTML', (note: string) => `<p>${note.slice(0, 300).replaceAll('&', '&amp;')}</p>`, '<p>***</p>'],
  ['as a short piece in quotes', () => 'Field "body" is wrong near "Weiß"', 'Field "body" is wrong near "***"'],
])('takes out a long note %s', (_how, said, told) => {
  const note = `Dear Mr Weiß & Söhne,\n\n${'my "account"\tis broken (since Monday), 100%!\n'.repeat(20)}`;
  expect(withoutValues([note])(said(note))).toBe(told);
});

it('takes out a value that was cut off', () => {
  expect(withoutValues(['Katharina Musterfrau-Lindemann'])('too long: Katharina Muste...')).toBe('too long: ***...');
  expect(withoutValues(['100%20 and %41%42 are codes'])('bad: 100%20 and %41%42 ar')).toBe('bad: ***');
});

it.each([
  ['Mc\tDonald', 'no Mc Donald here'],
  ['Mc  Donald', 'no Mc Donald here'],
  ['Mc\r\nDonald', 'no Mc%20Donald here'],
  ['Mc Donald', 'no mc\n  donald here'],
  ['Mc\u00a0Donald', 'no "Mc Donald" here'.replaceAll('"', '')],
])('takes out a value with other white space: %j', (value, said) => {
  expect(withoutValues([value])(said)).toBe('no *** here');
});

it.each(['Bob+x@exämple.com', 'bjørn@example.org', 'иван@почта.рф', '用户@例子.公司', 'bob%2Bx%40ex%C3%A4mple.com'])(
  'takes out the address %s of anybody',
  (address) => {
    expect(withoutValues([])(`no <${address}> here`)).toBe('no <***> here');
  },
);

it('takes out Greek in capitals', () => {
  expect(withoutValues(['Ο Γιώργος Παπαδόπουλος τηλεφώνησε'])('no ΓΙΏΡΓΟΣ ΠΑΠΑΔΌΠΟΥΛΟΣ here')).toBe('no *** here');
});

it('says what it has in common with a value by chance', () => {
  expect(withoutValues(['Please help the man'])('permission denied: the man')).toBe('permission denied: the man');
});

it('takes no longer for eighty long values than for two, nor for values that are almost the text', () => {
  const pieces = Array.from({ length: 60 }, (_, index) => `'${'a'.repeat(2 + (index % 9))}${index}'`).join(' ');
  const long = Array.from({ length: 80 }, () => 'a'.repeat(100_000));
  const almost = Array.from({ length: 1_990 }, (_, index) => `${'a'.repeat(195)}${index}`);
  const cases = [
    [long.slice(0, 2), pieces],
    [long, pieces],
    [almost, 'a'.repeat(5_000)],
  ] as const;
  const [two, eighty, close] = cases.map(([values, said]) => {
    const times = Array.from({ length: 7 }, () => {
      const start = performance.now();
      withoutValues(values)(said);
      return performance.now() - start;
    });
    return times.toSorted((one, other) => one - other)[3] ?? Number.NaN;
  });
  expect((eighty ?? Number.NaN) / (two ?? Number.NaN)).toBeLessThan(5);
  expect((close ?? Number.NaN) / (two ?? Number.NaN)).toBeLessThan(10);
});

it('takes no time to speak of for many and for long values', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `value number ${index}`);
  const long = Array.from({ length: 5 }, () => 'x'.repeat(3_000_000));
  expect(withoutValues([...long, ...many])(`no value number 7, ${"'a".repeat(1_000_000)}`)).toMatch(/^no \*\*\*,/);
});

it.each([
  [false, 0],
  [true, 1],
])('holds for the log of a lookup (customerValues: %s)', async (customerValues, times) => {
  const cause = new Error("syntax error in args beginning with: 'email:bob@example.com'");
  const error = new SourceError('rejected', 'the search was refused', { cause });
  const plan = gatewayPlan([memorySource('people', Object.assign(memorySystem(), { error }))]);
  const log = recordedLog();
  const gateway = createGateway({ ...plan, log: { ...plan.log, customerValues } }, { log });
  await gateway.lookup({ lookup: 'default', parameters: { email: 'bob@example.com' } });
  const problems = log.lines.map(({ fields }) => String(fields['problem'])).filter((one) => one.includes('beginning'));
  expect(problems).toHaveLength(1);
  expect(problems.filter((one) => one.includes('bob@example.com'))).toHaveLength(times);
  await gateway.close();
});

it('a secret that another system repeats is not in the check', async () => {
  const error = new SourceError('rejected', 'token s3cret-token-1 in /run/secrets/s3cret-token-1 is refused');
  const plan = gatewayPlan([memorySource('people', Object.assign(memorySystem(), { error }))]);
  const gateway = createGateway({ ...plan, secrets: ['s3cret-token-1'] }, { log: recordedLog() });
  expect((await gateway.check())[0]?.problem).toBe('token *** in /run/secrets/*** is refused');
  await gateway.close();
});
