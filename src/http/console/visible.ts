/** Texts from outside, on a page. */
import { redact } from '../../contract/index.ts';
import { shortLine } from '../../kit/text/index.ts';
import type { Visit } from './visit.ts';

/** A text without a secret of the configuration, in whatever form another system has repeated it. */
export function hidingSecrets({ gateway }: Pick<Visit, 'gateway'>, text: string): string {
  return redact(text, gateway.plan.secrets);
}

/** The same as one line of a table. */
export function lineHidingSecrets(visit: Pick<Visit, 'gateway'>, text: string): string {
  return shortLine(hidingSecrets(visit, text), LONGEST_CELL);
}

/** More of a value makes a table unreadable; the page of the one thing has all of it. */
const LONGEST_CELL = 200;
