/** What somebody has changed in the console. */
import { type ChangeByHand, tellChange } from '../../gateway/audit/change.ts';
import type { Visit } from './visit.ts';

/** Leaves a line in the log and in the audit with the name of who did it. Every change of a page comes through here. */
export function changed({ gateway, user }: Visit, change: ChangeByHand): void {
  tellChange(gateway, { user: user.name, via: 'console' }, change);
}
