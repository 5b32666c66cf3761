/** What the messages of `check` say of a name that is not there. */
import { nearestName } from '../unknown-name.ts';

/** ` (did you mean email?)`; empty where no name is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}
