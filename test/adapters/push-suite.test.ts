/** The suite of pushes: a good adapter passes every case, and each kind of mistake fails the case that is there for it. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  type Adapter,
  defineAdapter,
  type PushAbility,
  type PushRequest,
  type Source,
  SourceError,
  untilAborted,
} from '../../src/contract/index.ts';
import { type PushCaseName, type PushedThing, pushCases } from '../support/adapter-suite/push-cases.ts';
import { openPushSubject, pushCaseNames, pushLacks } from '../support/adapter-suite/pushing.ts';

/** A system in memory. */
class Desk {
  readonly things: (PushedThing & { readonly reference: string })[] = [];
  away = false;
  silent = false;
  losesNext = false;
  connections = 0;

  make({ reference, title, body }: PushRequest): string {
    const id = String(70_001 + this.things.length);
    this.things.push({ id, reference, text: `${title}\n${body}` });
    return id;
  }

  connect(): void {
    this.connections += 1;
  }

  async reached(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.away) throw new SourceError('unreachable', 'the desk is away', { unsent: true });
    if (this.silent) await untilAborted(new Promise(() => undefined), signal);
  }

  byReference(reference: string): PushedThing | undefined {
    return this.things.find((thing) => thing.reference === reference);
  }
}

const ABILITY: PushAbility = { format: 'text', fields: { project: 'the project' }, ids: /^\d{5}$/ };

interface Parts {
  readonly ability?: Partial<PushAbility>;
  readonly settings?: Adapter['settings'];
  source?(good: Required<Pick<Source, 'push' | 'findPush' | 'details' | 'check'>>, desk: Desk): Partial<Source>;
  /** Its source has neither findPush nor details. */
  readonly isPoor?: true;
}

/** A good adapter; `source` replaces parts of its source. */
function adapterOf(
  desk: Desk,
  { ability = {}, settings = z.strictObject({}), source = () => ({}), isPoor }: Parts,
): Adapter {
  const isIdempotent = ability.idempotent === true;
  const push: NonNullable<Source['push']> = async (request, { signal }) => {
    await desk.reached(signal);
    const id = (isIdempotent ? desk.byReference(request.reference)?.id : undefined) ?? desk.make(request);
    if (desk.losesNext) {
      desk.losesNext = false;
      throw new SourceError('unreachable', 'the connection broke');
    }
    return { id };
  };
  const findPush: NonNullable<Source['findPush']> = async ({ reference }, { signal }) => {
    await desk.reached(signal);
    const thing = desk.byReference(reference);
    return thing === undefined ? undefined : { id: thing.id };
  };
  const details: NonNullable<Source['details']> = async (id, { signal }) => {
    await desk.reached(signal);
    const thing = desk.things.find((one) => one.id === id);
    return thing === undefined ? undefined : { title: thing.text, rows: [] };
  };
  const check: Source['check'] = ({ signal }) => desk.reached(signal);
  const poor = { check, push };
  const good = isPoor === true ? poor : { ...poor, details, ...(isIdempotent ? {} : { findPush }) };
  return defineAdapter({
    ...{ name: 'desk', title: 'Desk', settings, push: { ...ABILITY, ...ability } },
    open: () => ({ ...good, ...source({ ...poor, details, findPush }, desk) }),
  });
}

async function runCase(name: PushCaseName, parts: Parts): Promise<void> {
  const desk = new Desk();
  const outage = {
    begin: () => {
      desk.away = true;
    },
    silence: () => {
      desk.silent = true;
    },
    end: () => {
      desk.away = false;
      desk.silent = false;
    },
    connections: () => desk.connections,
  };
  const subject = await openPushSubject({
    ...{ name: 'desk', adapter: adapterOf(desk, parts), settings: () => ({}), outage, promptMs: 300 },
    made: () => desk.things,
    loseAnswer: () => {
      desk.losesNext = true;
    },
  });
  if (pushLacks(name, subject) === undefined) await pushCases[name](subject);
}

const LOST: PushCaseName = 'an answer that is lost is no answer, and nothing is made twice';

/** The mistake, and the case that must fail. */
const WRONG: Readonly<Record<string, readonly [fails: PushCaseName, parts: Parts]>> = {
  'takes any setting': ['has settings that refuse an unknown key, and describes each', { settings: z.looseObject({}) }],
  'leaves out a description': [
    'has settings that refuse an unknown key, and describes each',
    { settings: z.strictObject({ token: z.string().optional() }) },
  ],
  'requires a field that it does not have': ['says what a push can carry', { ability: { required: ['board'] } }],
  'has a check that fails': [
    'check succeeds',
    { source: () => ({ check: () => Promise.reject(new SourceError('unreachable', 'no')) }) },
  ],
  'gives an empty receipt': [
    'makes one thing, whole, and says which',
    { source: ({ push }) => ({ push: async (...args) => ({ ...(await push(...args)), id: '' }) }) },
  ],
  'makes two things of one push': [
    'makes one thing, whole, and says which',
    { source: ({ push }) => ({ push: async (...args) => (await push(...args)) && (await push(...args)) }) },
  ],
  'makes nothing': [
    'makes one thing, whole, and says which',
    { source: () => ({ push: async () => ({ id: '70001' }) }) },
  ],
  'takes markup out of the title': [
    'makes one thing, whole, and says which',
    {
      source: ({ push }) => ({
        push: (request, context) => push({ ...request, title: request.title.replace(/<[^>]*>/g, '') }, context),
      }),
    },
  ],
  'gives the same thing for every push': [
    'each push makes a thing of its own',
    { source: ({ push }) => ({ push: async (...args) => ({ ...(await push(...args)), id: '70001' }) }) },
  ],
  'says that its system knows the same call again': [
    'the same push again makes no second thing',
    {
      ability: { idempotent: true },
      source: (_good, desk) => ({ push: async (request) => ({ id: desk.make(request) }) }),
    },
  ],
  'doubles a push, and says nothing of it': [
    'the same push again makes no second thing',
    {
      ability: { idempotent: true },
      source: (_good, desk) => ({ push: async (request) => ({ id: desk.make(request) && '' }) }),
    },
  ],
  'finds the newest thing, whatever is looked for': [
    'what was made is found by its reference, and nothing else is',
    {
      source: (_good, desk) => ({ findPush: async () => (desk.things[0] ? { id: desk.things[0].id } : undefined) }),
    },
  ],
  'says that a lost push certainly did nothing': [
    LOST,
    {
      source: ({ push }) => ({
        push: (...args) =>
          push(...args).catch(() => Promise.reject(new SourceError('unreachable', 'no', { unsent: true }))),
      }),
    },
  ],
  'sends a lost push again by itself': [
    LOST,
    { source: ({ push }) => ({ push: (...args) => push(...args).catch(() => push(...args)) }) },
  ],
  'does not find a push whose answer was lost': [LOST, { source: () => ({ findPush: async () => undefined }) }],
  'does not say that nothing was sent to a system that is away': [
    'a system that is away is a SourceError, surely nothing was done, and it comes back',
    {
      source: ({ push }) => ({
        push: (...args) => push(...args).catch(() => Promise.reject(new SourceError('unreachable', 'no'))),
      }),
    },
  ],
  'pushes although the caller has gone': [
    'a signal that has aborted rejects promptly, and nothing is made',
    { source: (_good, desk) => ({ push: async (request) => ({ id: desk.make(request) }) }) },
  ],
  'waits for a silent system for ever': [
    'a system that falls silent is given up when the signal aborts',
    { source: (_good, desk) => ({ push: () => (desk.silent ? new Promise(() => undefined) : Promise.reject()) }) },
  ],
  'has details of everything': [
    'details says how a thing stands, and nothing of one that is not there',
    { source: () => ({ details: async () => ({ title: 'A thing', rows: [] }) }) },
  ],
  'has a close that leaves its connections': [
    'closes in order, used or not',
    { source: (_good, desk) => ({ check: async () => desk.connect() }) },
  ],
};

describe('the suite of pushes', () => {
  it.each(pushCaseNames())('passes a good adapter, of whatever kind: %s', async (name) => {
    await runCase(name, {});
    await runCase(name, { ability: { idempotent: true } });
    await runCase(name, { isPoor: true });
  });

  it.each(Object.entries(WRONG))('fails an adapter that %s', async (_mistake, [fails, parts]) => {
    await expect(runCase(fails, parts)).rejects.toThrow();
  });

  it('is shown a mistake for every case', () => {
    expect(new Set(Object.values(WRONG).map(([fails]) => fails))).toEqual(new Set(pushCaseNames()));
  });
});
