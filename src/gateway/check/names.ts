/** What the messages of `check` say of a name that is not there. */
import { isRequestName } from '../../helpspot/named-ids.ts';
import { nearestName } from '../unknown-name.ts';

/** ` (did you mean email?)`; empty where no name is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}

/** How a name of the request comes to be known: `{{category}}`; empty for any other place. */
export function nameHint(place: string): string {
  return isRequestName(place)
    ? `; HelpSpot's own name is there once helpspot: { source: NAME } says which source is that HelpSpot`
    : '';
}
