/** The suite of adapters that push. Needs vitest. */
import { resolve } from 'node:path';
import { describe, test } from 'vitest';
import type { Adapter, Services } from '../../../src/contract/index.ts';
import { type PushCaseName, type PushedThing, type PushSubject, pushCases } from './push-cases.ts';
import { parsedSettings, secretsIn } from './settings.ts';
import { type Skips, skipOf } from './skips.ts';
import { type Outage, openedForAll, SUITE_PATIENCE } from './subject.ts';
import { Trace } from './trace.ts';

/** What the suite is run on. */
export interface PushSuiteOptions {
  /** Stands in the titles of the tests. */
  readonly name: string;
  readonly adapter: Adapter;
  /** Says how to reach the system: what stands in the configuration, without `adapter`. */
  settings(): Promise<unknown> | unknown;
  /** Everything that pushes have made in the system so far, in order: read from the system, and not by the adapter. */
  made(): Promise<readonly PushedThing[]> | readonly PushedThing[];
  /** Fields of every push of the suite: those that the system needs. */
  readonly fields?: Readonly<Record<string, string>>;
  /**
   * The answer to the next call that makes a thing is lost on its way: `loseAnswer` of {@link networkTo}, or of your system.
   * Without it, that case is skipped.
   */
  loseAnswer?(): Promise<void> | void;
  /** How the system is taken away; without it, those cases are skipped. */
  readonly outage?: Outage;
  /** Cases that the system cannot pass, each with the reason, which is shown. */
  readonly skip?: Skips<PushCaseName>;
  /** How long a call whose signal has aborted may take to end, on the slowest machine. Milliseconds; 5,000 unless told. */
  readonly promptMs?: number;
}

/** Registers one test a case with vitest. */
export function describePushes(options: PushSuiteOptions): void {
  describe(`${options.name}: the suite of pushes`, () => {
    const opened = openedForAll(() => openPushSubject(options));

    for (const name of pushCaseNames()) {
      const skipped = skipOf(name, options.skip);
      const reason = skipped.whole ?? cannotTry(name, options);
      if (reason !== undefined) {
        test.skip(`${name} (skipped: ${reason})`);
        continue;
      }
      test(name, { timeout: SUITE_PATIENCE.case }, async ({ skip }) => {
        const subject = opened();
        if (subject === undefined) return skip('the source did not open; see the first test');
        const missing = pushLacks(name, subject);
        if (missing !== undefined) skip(missing);
        await subject.trace.run(async () => await pushCases[name](subject));
      });
    }
  });
}

/** The names of all cases. */
export function pushCaseNames(): readonly PushCaseName[] {
  return Object.keys(pushCases).filter((name): name is PushCaseName => name in pushCases);
}

/** Opens the source that the cases work with. Close `subject.source` in the end. @throws Error for settings that the adapter refuses */
export async function openPushSubject(options: Omit<PushSuiteOptions, 'skip'>): Promise<PushSubject> {
  const { adapter, name, made, fields = {}, loseAnswer, outage, promptMs = 5_000 } = options;
  const given = await options.settings();
  const settings = parsedSettings(adapter, given);
  const ability = adapter.pushOf?.(settings) ?? adapter.push;
  if (ability === undefined)
    throw new Error(`the adapter ${adapter.name} has no "push", which says what a push can carry`);
  const trace = new Trace(secretsIn(adapter, given));
  const services: Services = { name, log: trace.log, resolve: (path) => resolve(path) };
  const openAnother = async () => trace.watch(await adapter.open(settings, services));
  const system = {
    made: async () => [...(await made())],
    fields,
    outage,
    ...(loseAnswer !== undefined && { loseAnswer }),
  };
  return { adapter, given, ability, source: await openAnother(), trace, openAnother, ...system, promptMs };
}

/** Why a source need not pass a case: it does not say that it can do such a thing. */
export function pushLacks(name: PushCaseName, { source, ability }: PushSubject): string | undefined {
  const needs: Readonly<Partial<Record<PushCaseName, readonly [boolean, string]>>> = {
    'the same push again makes no second thing': [
      ability.idempotent === true,
      'the adapter does not say that its system knows the same call again (idempotent)',
    ],
    'what was made is found by its reference, and nothing else is': [
      source.findPush !== undefined,
      'the source has no findPush',
    ],
    'details says how a thing stands, and nothing of one that is not there': [
      source.details !== undefined,
      'the source has no details',
    ],
  };
  const [isThere, why] = needs[name] ?? [true, undefined];
  return isThere ? undefined : why;
}

/** Why a case cannot be tried with what the suite was given. */
function cannotTry(name: PushCaseName, { outage, loseAnswer }: PushSuiteOptions): string | undefined {
  const needs: Readonly<Partial<Record<PushCaseName, readonly [unknown, string]>>> = {
    'an answer that is lost is no answer, and nothing is made twice': [loseAnswer, 'no loseAnswer'],
    'a system that is away is a SourceError, surely nothing was done, and it comes back': [outage, 'no outage'],
    'a system that falls silent is given up when the signal aborts': [outage?.silence, 'no outage with silence'],
  };
  const [given, what] = needs[name] ?? [true, undefined];
  return given === undefined ? `the suite was given ${what}` : undefined;
}
