/** A source for FogBugz and the FogBugz that it is for. */
import { onTestFinished } from 'vitest';
import fogbugz from '../../adapters/fogbugz.ts';
import { type FogBugzOptions, startFogBugz } from '../support/fogbugz/server.ts';
import { openTarget } from '../support/push-source.ts';

/** Starts one, and opens a source for it; both end with the test. */
export async function openFogBugz(options: FogBugzOptions = {}, more: object = {}) {
  const fogBugz = await startFogBugz(options);
  onTestFinished(() => fogBugz.close());
  const target = await openTarget(fogbugz, { ...fogBugz.settings, ...more });
  return { fogBugz, target };
}

/** What work failed with; a failure of the test when it went well. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol('it went well');
  const outcome = await work.then(
    () => nothing,
    (error: unknown) => error,
  );
  if (outcome === nothing) throw new Error('it went well');
  return outcome;
}
