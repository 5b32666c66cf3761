/** Every area, in the order in which they are tried. A new route file is named here and nowhere else. */
import type { Gateway } from '../../gateway/gateway.ts';
import type { Area } from '../area.ts';
import { ajaxFields } from './ajax.ts';
import { health } from './health.ts';
import { liveLookup } from './livelookup.ts';
import { metrics } from './metrics.ts';
import { requestPush } from './push.ts';
import { webhooks } from './webhooks.ts';

/** Makes every area. */
export function routes(gateway: Gateway): readonly Area[] {
  const areas = [liveLookup(gateway), ajaxFields(gateway), requestPush(gateway), webhooks(gateway)];
  return [...areas, ...health(gateway), metrics(gateway)];
}
