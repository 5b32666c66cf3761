/** What pushes need of the gateway, and what calls about push targets have in common. */
import type { CallHost } from '../call.ts';
import type { GatewayPlan } from '../plan.ts';
import type { FedWhere } from '../sources/index-feeder.ts';
import type { GatewayEvents } from '../telemetry.ts';

export interface PushHost extends CallHost {
  readonly events: GatewayEvents;
  /** As {@link Gateway.refreshIndexed}. */
  refreshIndexed(source: string, where: FedWhere): Promise<unknown>;
}

/** The name that is asked for is that of a push target. */
export const OF_TARGET = { what: 'push target', logged: 'target', plans: ({ push }: GatewayPlan) => push } as const;
