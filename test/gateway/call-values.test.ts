import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import { withoutValues } from '../../src/gateway/call-values.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { recordedLog } from '../support/log.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../support/plans.ts';

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
    { numRuns: 2_000 },
  );
  expect(withoutValues(['030 123-45', '-', ''])("no '030 123-45' here")).toBe("no '***' here");
});

it('takes out what is quoted of a long text', () => {
  const note = `Dear all, my account is broken since Monday. ${'More words. '.repeat(100)}`;
  expect(withoutValues([note])('Field "body" is wrong near "account is broken since"')).toBe(
    'Field "body" is wrong near "***"',
  );
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
