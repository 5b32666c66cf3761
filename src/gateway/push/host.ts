/** What pushes need of the gateway. */
import type { CallHost } from '../call.ts';
import type { FedWhere } from '../sources/index-feeder.ts';
import type { GatewayEvents } from '../telemetry.ts';

export interface PushHost extends CallHost {
  readonly events: GatewayEvents;
  /** As {@link Gateway.refreshIndexed}. */
  refreshIndexed(source: string, where: FedWhere): Promise<unknown>;
}
