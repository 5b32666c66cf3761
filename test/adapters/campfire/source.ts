/** Sources of Campfire, and what the tests of them share. */
import { onTestFinished } from 'vitest';
import campfire from '../../../adapters/campfire/index.ts';
import { startClassicCampfire } from '../../support/campfire/classic.ts';
import { type OnceOptions, startOnceCampfire } from '../../support/campfire/once.ts';
import { openTarget } from '../../support/push-source.ts';

/** Opens a source for a ONCE Campfire that is started for it. */
export async function openOnceCampfire(more: object = {}, options: OnceOptions = {}) {
  const running = await startOnceCampfire(options);
  onTestFinished(() => running.standIn.close());
  return { running, target: await openTarget(campfire, { ...running.settings, ...more }) };
}

/** The same for a classic one. */
export async function openClassicCampfire(more: object = {}) {
  const running = await startClassicCampfire();
  onTestFinished(() => running.standIn.close());
  return { running, target: await openTarget(campfire, { ...running.settings, ...more }) };
}
