/** Sources over stand-ins of web hooks, and their failures. */

import { onTestFinished } from 'vitest';
import webhook from '../../../adapters/webhook/index.ts';
import { openTarget, type PushSource } from '../../support/push-source.ts';
import type { Hook } from '../../support/web/hooks.ts';

/** A web hook that ends with the test. */
export async function started(start: () => Promise<Hook>): Promise<Hook> {
  const hook = await start();
  onTestFinished(() => hook.standIn.close());
  return hook;
}

/** A source with these settings. */
export function open(settings: object): Promise<PushSource> {
  return openTarget(webhook, settings);
}
