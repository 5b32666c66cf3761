/** A source for FogBugz and the FogBugz that it is for. */
import { onTestFinished } from 'vitest';
import fogbugz from '../../../adapters/fogbugz/index.ts';
import { type FogBugzOptions, startFogBugz } from '../../support/fogbugz/server.ts';
import { openTarget } from '../../support/push-source.ts';

/** Starts one, and opens a source for it; both end with the test. */
export async function openFogBugz(options: FogBugzOptions = {}, more: object = {}) {
  const fogBugz = await startFogBugz(options);
  onTestFinished(() => fogBugz.close());
  const target = await openTarget(fogbugz, { ...fogBugz.settings, ...more });
  return { fogBugz, target };
}
