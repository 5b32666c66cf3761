/** What goes wrong on the way, at the platform, and in what an administrator wrote. */
import { describe, expect, it } from 'vitest';
import ccaiPlatform from '../../../adapters/ccai-platform/index.ts';
import { baseAddress } from '../../../adapters/ccai-platform/settings.ts';
import { SourceError, withDeadlineWithin } from '../../../src/contract/index.ts';
import { defaultAccount } from '../../support/ccai/default-account.ts';
import type { CcaiFault } from '../../support/ccai/faults.ts';
import { CCAI_TOKEN } from '../../support/ccai/server.ts';
import { ask, context } from '../../support/open-source.ts';
import { ccaiForAll, failureOf, openCcai } from './source.ts';

const ccai = await ccaiForAll({ account: defaultAccount });
const BOB = ask({ user_id: '501' });

async function checkFailure(settings: object = {}): Promise<SourceError> {
  const error = await (await openCcai(ccai, settings)).check(context()).catch((problem: unknown) => problem);
  if (error instanceof SourceError) return error;
  throw new Error('the check did not fail');
}

describe('on the way', () => {
  it.each<CcaiFault>(['cut', 'lost-answer', 'half'])('%s once is asked again', async (how) => {
    const source = await openCcai(ccai);
    ccai.fail(how);
    expect(await source.find(BOB, context())).toHaveLength(4);
  });

  it('nothing but broken connections is unreachable', async () => {
    ccai.fail('cut', { times: 20 });
    expect(await failureOf(await openCcai(ccai), BOB)).toMatchObject({ kind: 'unreachable' });
  });

  it('what hangs ends with the deadline', async () => {
    const source = await openCcai(ccai);
    ccai.fail('hang', { times: 2 });
    const asked = withDeadlineWithin(200, undefined, (signal) => source.find(BOB, { signal, reference: 'test' }));
    expect(await asked.catch((problem: unknown) => problem)).toBeInstanceOf(Error);
    await ccai.http.openSoMany(0);
  });

  it.each<[string, CcaiFault]>([
    ['no JSON', 'garbage'],
    ['a page', 'html'],
    ['nothing', 'empty'],
    ['an object', 'wrong-type'],
    ['one without an ID', { reply: { body: [{ status: 'finished' }] } }],
    ['a redirect elsewhere', { reply: { status: 301, headers: { location: 'https://other.example.com/x' } } }],
    ['an error of the server', 500],
  ])('%s is no answer', async (_name, fault) => {
    const source = await openCcai(ccai);
    ccai.fail(fault, { times: 9 });
    const error = await failureOf(source, ask({}));
    expect(error).toMatchObject({ kind: 'bad-response', message: expect.stringContaining('CCAI Platform') });
    expect(JSON.stringify([error.message, error.remedy, source.log.lines])).not.toContain(CCAI_TOKEN);
  });

  it.each<[number, string, string]>([
    [401, 'unauthorized', 'API Credentials'],
    [403, 'unauthorized', 'may not read'],
    [404, 'rejected', 'subdomain, domain and path'],
    [422, 'rejected', 'as documented'],
  ])('%i is %s, with what to do', async (status, kind, remedy) => {
    ccai.fail(status, { times: 9 });
    const error = await failureOf(await openCcai(ccai), BOB);
    expect(error).toMatchObject({ kind, remedy: expect.stringContaining(remedy) });
    expect(error.message).toContain(String(status));
  });

  it('429 pauses every source of the account for as long as it says, whichever token they have', async () => {
    const [one, other] = [await openCcai(ccai), await openCcai(ccai, { list: 'statuses', keep: '1s' })];
    ccai.fail({ reply: { status: 429, headers: { 'retry-after': '1' }, body: {} } });
    // A pause for which there is no time left is told at once.
    const asked = withDeadlineWithin(950, undefined, (signal) =>
      one.find(ask({ chat_id: '301' }), { signal, reference: 'test' }),
    );
    expect(await asked.catch((error: unknown) => error)).toMatchObject({ kind: 'rate-limited' });
    await other.find(ask({}), context());
    const refused = ccai.askedOf('chats').at(-1)?.at ?? Number.NaN;
    expect((ccai.askedOf('user_statuses')[0]?.at ?? Number.NaN) - refused).toBeGreaterThan(900);
  });
});

describe('check', () => {
  it('says which credential is wrong, and that the address is', async () => {
    expect(await checkFailure({ token: 'wrong' })).toMatchObject({ kind: 'unauthorized' });
    expect(await checkFailure({ path: 'apps' })).toMatchObject({ kind: 'rejected' });
    expect(await checkFailure({ list: 'queues', token: 'wrong' })).toMatchObject({ kind: 'unauthorized' });
  });

  it('warns where one of the two cannot be read', async () => {
    ccai.fail(403, { list: 'chats', times: 2 });
    const source = await ccaiPlatform.open(ccaiPlatform.settings.parse({ ...ccai.settings, requestsPerSecond: 1000 }), {
      ...{ name: 'calls', resolve: (path: string) => path },
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await source.check(context());
    expect(source.state?.().warnings).toEqual([
      expect.stringMatching(/^it does not give its chats, .* may not read chats/),
    ]);
    await source.close?.();
  });
});

describe('settings', () => {
  const problemsOf = (settings: object) =>
    ccaiPlatform.settings.safeParse({ ...ccai.settings, ...settings }).error?.issues.map(({ path }) => path.join('.'));

  it('that go together wrongly are named', () => {
    expect(problemsOf({})).toBeUndefined();
    expect(problemsOf({ subdomain: 'acme.uc1', domain: 'com' })).toEqual(['subdomain', 'domain']);
    expect(problemsOf({ list: 'agents', recordings: true })).toEqual(['recordings']);
    expect(problemsOf({ slaBy: 'groups', minutes: 5 })).toEqual(['slaBy', 'minutes']);
    expect(problemsOf({ list: 'calls' })).toEqual(['list']);
    expect(problemsOf({ url: undefined, domain: '127.0.0.1' })).toEqual(['domain']);
    expect(problemsOf({ url: 'https://x.example.com/?a=1', token: 'a\nb' })).toEqual(['token', 'url']);
  });

  it.each([
    [{}, 'https://acme.uc1.ccaiplatform.com/manager/api/v1'],
    [{ path: 'apps' }, 'https://acme.uc1.ccaiplatform.com/apps/api/v1'],
    [{ url: 'https://calls.example.com/' }, 'https://calls.example.com/manager/api/v1'],
    [{ url: 'https://example.com/ujet/manager/api/v1/' }, 'https://example.com/ujet/manager/api/v1'],
  ])('%j have their address', (settings, address) => {
    const whole = { subdomain: 'acme', domain: 'uc1.ccaiplatform.com', token: 'x', ...settings };
    expect(baseAddress(ccaiPlatform.settings.parse(whole))).toBe(address);
  });
});
