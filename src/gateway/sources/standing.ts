/** How sources stand now, without asking any of them: for the console and the API. */
import type { SourceState } from '../../contract/index.ts';
import type { Gateway } from '../gateway.ts';
import type { SourcePlan } from '../plan.ts';
import type { SourceTimes, Statistics } from '../statistics.ts';
import type { Rest } from './breaker.ts';
import type { IndexState } from './customer-index.ts';

/** One source. */
export interface SourceStanding {
  readonly plan: SourcePlan;
  /** Undefined: it is asked. */
  readonly rest: Rest | undefined;
  /** What a source that holds its data itself says of them. */
  readonly state: SourceState | undefined;
  /** Undefined: there is nothing of it in an index. */
  readonly index: IndexState | undefined;
  /** From when its data are, as far as that is known: milliseconds since 1970. */
  readonly dataAt: number | undefined;
  readonly times: SourceTimes;
}

/** Every source of the configuration, in its order. */
export async function sourceStandings(gateway: Gateway, statistics: Statistics): Promise<readonly SourceStanding[]> {
  const indexes = await gateway.indexes();
  const [rests, states] = [gateway.rests(), gateway.states()];
  return [...gateway.plan.sources.values()].map((plan) => {
    const { name } = plan;
    const [state, index] = [states.get(name), indexes.get(name)];
    const dataAt = index?.freshAt ?? state?.dataAt?.getTime();
    return { plan, rest: rests.get(name), state, index, dataAt, times: statistics.source(name) };
  });
}
