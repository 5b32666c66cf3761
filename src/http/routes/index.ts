/** Every area, in the order in which they are tried. A new route file is named here and nowhere else. */
import type { Gateway } from '../../gateway/gateway.ts';
import type { Area } from '../area.ts';
import { health } from './health.ts';
import { liveLookup } from './livelookup.ts';

export function routes(gateway: Gateway): readonly Area[] {
  return [liveLookup(gateway), ...health(gateway)];
}
