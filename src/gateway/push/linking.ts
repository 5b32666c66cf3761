/** A push that links what is there already: staff name it at the beginning of their comment, and nothing is made. */
import {
  type CallContext,
  type LinkedThing,
  type PushAbility,
  type PushReceipt,
  type Source,
  SourceError,
  UserError,
} from '../../contract/index.ts';
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import type { PushTargetPlan } from './plan.ts';

/** What the comment of a request names; undefined where it names nothing, or the push target links nothing. */
export function namedThing(
  plan: PushTargetPlan,
  ability: PushAbility,
  request: PushedRequest,
): LinkedThing | undefined {
  const { linking, ids } = ability;
  if (!plan.link || linking === undefined) return undefined;
  const id = linking.idIn(request.fields['staff_comment'] ?? '');
  if (id === undefined || ids?.test(id) === false) return undefined;
  return { id, thing: linking.thing };
}

/**
 * Looks whether the thing is there. Nothing is written: however often it is done, nothing is there twice.
 * @throws {SourceError} `rejected` for one that is not there
 */
export async function linkThing(
  { id, thing }: LinkedThing,
  source: Source,
  context: CallContext,
): Promise<PushReceipt> {
  if (source.details === undefined) throw new UserError('the source cannot say whether a thing is there; remove link');
  const details = await source.details(id, context);
  if (details !== undefined) return { id, link: details.link, isLinked: true };
  throw new SourceError('rejected', `there is no ${thing} of the number that the comment begins with`, {
    unsent: true,
    lasting: true,
    staffWords: `has no ${thing} ${id}; nothing was made. For a new one, begin the comment with something else`,
  });
}
