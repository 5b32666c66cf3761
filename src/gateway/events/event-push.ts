/** From a record of events to the pushes that it becomes. */
import type { PushAbility } from '../../contract/index.ts';
import { shortLine } from '../../kit/text/index.ts';
import { fillRecordPush } from '../push/filling.ts';
import { newPushName } from '../push/fingerprint.ts';
import type { NewPush } from '../push/ledger.ts';
import type { PushTargetPlan } from '../push/plan.ts';
import { CALL_FIELDS } from './call-fields.ts';
import type { EventRecord } from './event-ledger.ts';
import type { EventFields } from './fields.ts';
import type { EventsPlan } from './plan.ts';
import { OF_FIRST, recordFields } from './record.ts';

/** A push target, and how its system shows a body. */
export interface EventTarget {
  readonly plan: PushTargetPlan;
  readonly format: PushAbility['format'];
}

/** What the making of pushes works with. */
export interface EventFilling {
  readonly now: number;
  /** In the log. */
  readonly reference: string;
  /** Writes plain text in the format of a target: it shows as it is. */
  readonly plainTextIn: (format: PushAbility['format'], text: string) => string;
}

/** Lines of a body that nobody wrote a template for. */
const MOST_LINES = 60;
/** Characters of one of them. */
const LONGEST_LINE = 300;

/**
 * The pushes of a record, one for each target.
 * @throws {PushTooLarge}
 */
export function eventPushes(
  events: EventsPlan,
  record: EventRecord,
  targets: readonly EventTarget[],
  { now, reference, plainTextIn }: EventFilling,
): readonly NewPush[] {
  const fields = recordFields(events, record);
  const values: Readonly<Record<string, string>> = Object.assign(Object.create(null), Object.fromEntries(fields));
  const usual = { title: usualTitle(events, fields), body: usualBody(events, fields) };
  return targets.map(({ plan, format }): NewPush => {
    const { id, reference: theirs } = newPushName(now);
    const write = (text: string) => plainTextIn(format, text);
    return {
      ...{ id, target: plan.name, mode: 'queued', xRequest: '', reference, origin: originOf(events, record) },
      // The ledger makes them once, and two events that say the same are two.
      ...{ fingerprint: id, duplicateWindowMs: 0, giveUpAfterMs: plan.retry.giveUpAfterMs },
      request: { ...fillRecordPush(plan, { values, usual, format, write }), reference: theirs },
    };
  });
}

/** `events.video call_id 8c1f…` */
function originOf({ name, gather }: EventsPlan, { key }: EventRecord): string {
  return gather === undefined ? `events.${name}` : `events.${name} ${gather} ${key}`;
}

function usualTitle({ name }: EventsPlan, fields: EventFields): string {
  const type = fields.get('event_type') ?? '';
  return type === '' ? name : `${name}: ${type}`;
}

/** What the gateway makes of a call; of other events, all they say. */
function usualBody({ verify }: EventsPlan, fields: EventFields): string {
  const wanted =
    verify === 'help-lightning'
      ? Object.keys(CALL_FIELDS)
      : [...fields.keys()].filter((name) => !name.startsWith(OF_FIRST)).slice(0, MOST_LINES);
  return wanted
    .flatMap((name) => {
      const value = fields.get(name);
      return value === undefined ? [] : [shortLine(`${name}: ${value.replace(/\s+/g, ' ')}`, LONGEST_LINE)];
    })
    .join('\n');
}
