/** What pushes need of the gateway. */
import type { CallHost } from '../call.ts';
import type { GatewayEvents } from '../telemetry.ts';

export interface PushHost extends CallHost {
  readonly events: GatewayEvents;
}
