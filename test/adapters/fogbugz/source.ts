/** A source for FogBugz and the FogBugz that it is for. */
import { onTestFinished } from 'vitest';
import fogbugz from '../../../adapters/fogbugz/index.ts';
import type { FaultTarget } from '../../support/fault-target.ts';
import { type FogBugzOptions, startFogBugz } from '../../support/fogbugz/server.ts';
import { context } from '../../support/open-source.ts';
import { openTarget } from '../../support/push-source.ts';

/** Starts one, and opens a source for it; both end with the test. */
export async function openFogBugz(options: FogBugzOptions = {}, more: object = {}) {
  const fogBugz = await startFogBugz(options);
  onTestFinished(() => fogBugz.close());
  const target = await openTarget(fogbugz, { ...fogBugz.settings, ...more });
  return { fogBugz, target };
}

const fogBugz = (api: 'xml' | 'json'): FaultTarget => ({
  name: `FogBugz by the ${api} API`,
  adapter: fogbugz,
  async open() {
    const { fogBugz, target } = await openFogBugz({ api });
    // Where the commands go is known then.
    await target.check(context());
    return { target, http: fogBugz.http, made: () => fogBugz.made.length, receipt: () => ({ id: '101' }) };
  },
  settings: (url) => ({ url, token: 'a-token', api }),
  more: [],
});

/** For the table of faults. */
export const fogBugzFaults = [fogBugz('xml'), fogBugz('json')];
