/** The pushes in numbers. */
import type { Gateway } from '../gateway.ts';
import type { TargetFigures } from './push-row.ts';

/** For each push target of the configuration, in its order; undefined where the store cannot be read. */
export async function figuresByTarget({ plan, pushes }: Gateway): Promise<readonly TargetFigures[] | undefined> {
  const known = await pushes.figures();
  if (known === undefined) return undefined;
  const figures = new Map(known.map((one) => [one.target, one]));
  const none = { waiting: 0, sending: 0, failed: 0, unclear: 0, oldestAt: undefined };
  return [...plan.push.keys()].map((target) => figures.get(target) ?? { target, ...none });
}
