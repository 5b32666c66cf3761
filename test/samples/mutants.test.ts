/** The sample that new-adapter writes, with the mistakes that authors make: the suites see each of them, through a real network. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import adapter from '../../samples/new-adapter/http/index.ts';
import { startSystem, TOKEN } from '../../samples/new-adapter/http/test/system.ts';
import { type Adapter, meets, type Source, SourceError } from '../../src/contract/index.ts';
import { type AdapterCaseName, adapterCases } from '../support/adapter-suite/cases.ts';
import { type PushCaseName, pushCases } from '../support/adapter-suite/push-cases.ts';
import { openPushSubject } from '../support/adapter-suite/pushing.ts';
import { type Network, networkTo } from '../support/adapter-suite/servers.ts';
import { openSubject, suiteCustomers } from '../support/adapter-suite.ts';
import { failureOf } from '../support/failure-of.ts';

const PROMPT_MS = 300;
let system: Awaited<ReturnType<typeof startSystem>>;
let network: Network;

beforeAll(async () => {
  system = await startSystem(suiteCustomers);
});
afterAll(() => system.stop());
// One of its own for each: connections that a mutant has left are counted.
beforeEach(async () => {
  network = await networkTo(system.port);
});
afterEach(() => network.stop());

const parts = (own: Adapter) => ({
  ...{ name: 'mutant', adapter: own, outage: network, promptMs: PROMPT_MS },
  settings: () => ({ url: `http://${network.host}:${network.port}`, token: TOKEN }),
});

async function found(name: AdapterCaseName, own: Adapter): Promise<string> {
  const subject = await openSubject(parts(own));
  const failure = await failureOf(subject.trace.run(() => adapterCases[name](subject)));
  await subject.source.close?.();
  return failure.message;
}

async function pushed(name: PushCaseName, own: Adapter): Promise<string> {
  const made = () => system.tickets.map(({ id, subject, text }) => ({ id: String(id), text: `${subject}\n${text}` }));
  const subject = await openPushSubject({ ...parts(own), made, loseAnswer: () => network.loseAnswer() });
  const failure = await failureOf(subject.trace.run(() => pushCases[name](subject)));
  await subject.source.close?.();
  return failure.message;
}

/** The same adapter, whose source has other parts. */
function withParts(change: (good: Source) => Partial<Source>): Adapter {
  return {
    ...adapter,
    async open(settings: z.output<typeof adapter.settings>, services) {
      const good = await adapter.open(settings, services);
      return { ...good, ...change(good) };
    },
  };
}

it('an unknown key beside one that must be there', async () => {
  const name = 'has a name, a title, and settings that refuse an unknown key';
  expect(await found(name, { ...adapter, settings: adapter.settings.loose() })).toContain(
    'write z.strictObject({ … })',
  );
});

it('a description that is left out', async () => {
  const settings = adapter.settings.extend({ pageSize: z.int().default(5) });
  expect(await found('describes each of its settings', { ...adapter, settings })).toContain('pageSize');
});

it('a silent system whose signal nobody looks at', async () => {
  const name = 'a system that falls silent is given up when the signal aborts';
  const deaf = withParts((good) => ({
    find: async (query, context) =>
      (await good.find?.(query, { ...context, signal: new AbortController().signal })) ?? [],
    // It would wait for the call that nobody has ended.
    close: async () => void good.close?.(),
  }));
  expect(await found(name, deaf)).toContain('find of a silent system, after its signal aborted');
});

it('a close that closes nothing', async () => {
  const goods: Source[] = [];
  const open = withParts((good) => {
    goods.push(good);
    return { close: async () => {} };
  });
  expect(await found('closes in order, used or not', open)).toContain('connections that close() has left');
  for (const good of goods) await good.close?.();
});

it('a push that is doubled, with an empty receipt', async () => {
  const doubled = withParts((good) => ({
    async push(request, context) {
      await good.push?.(request, context);
      await good.push?.(request, context);
      return { id: '' };
    },
  }));
  expect(await pushed('makes one thing, whole, and says which', doubled)).toContain('the id of the receipt');
  const silent = withParts((good) => ({
    async push(request, context) {
      await good.push?.(request, context);
      return (await good.push?.(request, context)) ?? { id: '' };
    },
  }));
  expect(await pushed('makes one thing, whole, and says which', silent)).toContain('beside the first');
});

const ANSWER = 'a system that is away is a SourceError, and found again when it is back';
const SILENCE = 'a system that falls silent is given up when the signal aborts';
const never = () => new AbortController().signal;

/** The same search, of which one part is another. */
const finding = (find: (good: NonNullable<Source['find']>) => NonNullable<Source['find']>) =>
  withParts((good) => (good.find === undefined ? {} : { find: find(good.find) }));
/** The same push. */
const pushing = (push: (good: NonNullable<Source['push']>) => NonNullable<Source['push']>) =>
  withParts((good) => (good.push === undefined ? {} : { push: push(good.push) }));
/** What comes in place of a failure. */
const failingWith = (failure: Error) =>
  finding((good) => async (query, context) => await good(query, context).catch(() => Promise.reject(failure)));

it.each<readonly [what: string, name: AdapterCaseName, words: string, own: () => Adapter]>([
  [
    'fields() that names others',
    'records hold values of the contract, and no field that is unknown',
    'what fields() names, of the fields of records',
    () => withParts(() => ({ fields: async () => [{ name: 'e_mail' }] })),
  ],
  [
    'the secret in a message',
    ANSWER,
    'a secret of the settings is in failed: SourceError: no answer with ',
    () => failingWith(new SourceError('unreachable', `no answer with ${TOKEN}`, { remedy: 'look' })),
  ],
  ['another kind', ANSWER, '"unreachable"', () => failingWith(new SourceError('rejected', 'no', { remedy: 'look' }))],
  ['no SourceError', ANSWER, 'throw a SourceError', () => failingWith(new Error('no'))],
  [
    'a check that only waits',
    ANSWER,
    'it went well',
    () => withParts(() => ({ check: async ({ signal }) => await delay(120, undefined, { signal }) })),
  ],
  [
    'as many candidates as are wanted',
    'the limit is kept',
    'let more candidates come than are wanted',
    () =>
      finding((good) => async (query, context) => {
        const candidates = await good({ ...query, criteria: query.criteria.slice(0, 1) }, context);
        return candidates.filter((one) => query.criteria.every((criterion) => meets(one, criterion)));
      }),
  ],
  [
    'a timer that close leaves',
    'closes in order, used or not',
    'timers that close() has left',
    () => {
      const open = adapter.open;
      return {
        ...adapter,
        async open(settings: z.output<typeof adapter.settings>, services) {
          timers.push(setInterval(() => undefined, 60_000));
          return await open(settings, services);
        },
      };
    },
  ],
])('%s', async (_what, name, words, own) => {
  expect(await found(name, own())).toContain(words);
});
const timers: NodeJS.Timeout[] = [];
afterEach(() => {
  for (const timer of timers) clearInterval(timer);
});

it('what is logged of secrets and of customers', async () => {
  const logging = (fields: object): Adapter => ({
    ...adapter,
    async open(settings: z.output<typeof adapter.settings>, services) {
      const good = await adapter.open(settings, services);
      const check: Source['check'] = async (context) => {
        services.log.info(fields, 'asked');
        await good.check(context);
      };
      return { ...good, check };
    },
  });
  expect(await found('check succeeds', logging({ header: `Bearer ${TOKEN}` }))).toContain('keep it out of the log');
  expect(await found('check succeeds', logging({ sought: 'bob.smith@example.com' }))).toContain(
    'a customer is in the log',
  );
});

it.each<readonly [what: string, name: PushCaseName, words: string, own: () => Adapter]>([
  [
    'a push that is cut',
    'makes one thing, whole, and says which',
    'the last question: push {"reference":"hs-test-',
    () => pushing((good) => (request, context) => good({ ...request, body: request.body.slice(0, 40) }, context)),
  ],
  [
    'what it was given is changed',
    'makes one thing, whole, and says which',
    'not extensible',
    () =>
      pushing(
        (good) => (request, context) =>
          good(Object.assign(request, { fields: Object.assign(request.fields, { queue: 'x' }) }), context),
      ),
  ],
  [
    'a part of the ability in the source',
    'says what a push can carry',
    'idempotent in the source: it stands in "push" of the adapter',
    () => withParts((good) => Object.assign({ ...good }, { idempotent: true })),
  ],
  [
    'details that wait for ever',
    SILENCE,
    'details of a silent system',
    () =>
      withParts((good) => ({
        details: async (id, context) => await good.details?.(id, { ...context, signal: never() }),
        close: async () => void good.close?.(),
      })),
  ],
  [
    'findPush that waits for ever',
    SILENCE,
    'findPush of a silent system',
    () =>
      withParts((good) => ({
        findPush: async (request, context) => await good.findPush?.(request, { ...context, signal: never() }),
        close: async () => void good.close?.(),
      })),
  ],
])('%s', async (_what, name, words, own) => {
  expect(await pushed(name, own())).toContain(words);
});
