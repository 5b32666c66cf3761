/** What is done to a request before it is stored, or shown without being sent. */
import { type CallContext, type PushAbility, UserError } from '../../contract/index.ts';
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import { failureFields } from '../failure.ts';
import { withRequestNames } from '../request-names.ts';
import { withoutAgain } from './again.ts';
import { type FilledPush, fillPush, templatePlaces } from './filling.ts';
import type { PushHost } from './host.ts';
import type { PushTargetPlan } from './plan.ts';

/** A push, but for what makes it one of its own: id, reference, fingerprint. */
export interface PreparedPush {
  readonly ability: PushAbility;
  /** Whether staff say that it is another one than the same before. */
  readonly isAgain: boolean;
  /** Without that word. */
  readonly asked: PushedRequest;
  readonly filled: FilledPush;
}

/**
 * Fills the templates of a push target, with names in place of HelpSpot's numbers where they are wanted.
 * @throws {UserError} for a source that cannot be pushed to
 * @throws {PushTooLarge}
 */
export async function preparedPush(
  plan: PushTargetPlan,
  request: PushedRequest,
  host: PushHost,
  { signal, reference }: Pick<CallContext, 'signal' | 'reference'>,
): Promise<PreparedPush> {
  const { adapter } = host.source(plan.source).plan;
  if (adapter.push === undefined) throw new UserError(`source ${plan.source} cannot be pushed to`);
  const { helpSpotUrl, server } = host.plan();
  const { isAgain, request: asked } = withoutAgain(request);
  const fields = await withRequestNames(asked.fields, templatePlaces(plan), host, { signal, reference });
  const line = { reference, target: plan.name };
  const filled = await fillPush(plan, adapter.push, { ...asked, fields }, helpSpotUrl, {
    signal,
    // The rest of the time is for the store and the other system.
    longestMs: server.deadlineMs / 3,
    onRough: (error) =>
      host.log.warn(
        { ...line, ...failureFields(error) },
        'the notes of a push were too much to convert; they are pushed without their layout',
      ),
    onCutTitle: () =>
      host.log.warn(line, 'the title of a push is too long and is cut; its body begins with the whole of it'),
  });
  return { ability: adapter.push, isAgain, asked, filled };
}
