/** Whether what a push target is filled with is sent, and the other system has the fields that it goes into. */
import { type CallContext, placesOf } from '../../contract/index.ts';
import { isRequestName } from '../../helpspot/named-ids.ts';
import { isPushValue, PUSH_VALUE_NAMES } from '../../helpspot/push-value-names.ts';
import type { Finding } from '../outcome.ts';
import type { PushTargetPlan } from '../push/plan.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { pushPlaces } from './custom-places.ts';
import { deskPushFindings } from './desk-push.ts';
import { type KnownDesk, knownDesk } from './help-desk.ts';
import { didYouMean, nameHint } from './names.ts';

/**
 * What is wrong with a push target, as far as its source can say.
 * @param isOfEvents whether events of other systems are pushed to it
 */
export async function pushFindings(
  plan: PushTargetPlan,
  source: SourceHandle,
  context: CallContext,
  desk: KnownDesk | undefined,
  isOfEvents = false,
): Promise<readonly Finding[]> {
  const pushedTo = source.plan.adapter.isHelpDesk === true ? await knownDesk(source, context) : undefined;
  return [
    // What events have is compared with what is known of these.
    ...(isOfEvents ? [] : unsentFindings(plan, desk !== undefined)),
    ...(await unknownFields(plan, source, context)),
    ...(desk === undefined ? [] : pushPlaces(plan, desk)),
    ...(pushedTo === undefined ? [] : deskPushFindings(plan, pushedTo)),
  ];
}

/** HelpSpot may send what nobody documents, so a place that is not known is no error. */
function unsentFindings(
  { name, title = '', body = '', fields }: PushTargetPlan,
  hasNames: boolean,
): readonly Finding[] {
  const templates: readonly (readonly [where: string, template: string])[] = [
    ['title', title],
    ['body', body],
    ...Object.entries(fields).map(([field, template]) => [`fields.${field}`, template] as const),
  ];
  return templates.flatMap(([where, template]) =>
    [...new Set(placesOf(template))]
      .filter((place) => (isRequestName(place) ? !hasNames : !isPushValue(place)))
      .map((place): Finding => {
        const near = isRequestName(place) ? '' : didYouMean(place, PUSH_VALUE_NAMES);
        const sentence = `HelpSpot sends no ${place}${near}; it is empty unless it stands in the address of a webhook${nameHint(place)}`;
        return { where: `push.${name}.${where}`, weight: 'warning', sentence };
      }),
  );
}

async function unknownFields(
  { name, fields }: PushTargetPlan,
  handle: SourceHandle,
  context: CallContext,
): Promise<readonly Finding[]> {
  const asked = Object.keys(fields);
  if (asked.length === 0) return [];
  // A source that does not answer is told by its own row.
  const names = await handle
    .call(context, async (source, limited) => source.pushFields?.(limited))
    .catch(() => undefined);
  if (names === undefined) return [];
  const known = new Set(names.map((one) => one.toLowerCase()));
  return asked
    .filter((field) => !known.has(field.toLowerCase()))
    .map((field): Finding => {
      const sentence = `${handle.plan.name} has no ${field} that a push could fill${didYouMean(field, names)}`;
      return { where: `push.${name}.fields.${field}`, weight: 'error', sentence };
    });
}
