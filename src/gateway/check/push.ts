/** Whether what a push target is filled with is sent, and the other system has the fields that it goes into. */
import { type CallContext, placesOf } from '../../contract/index.ts';
import { isRequestName, NAMED_IDS } from '../../helpspot/named-ids.ts';
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
    ...unusedFindings(plan, source.plan.adapter.push?.readsValues),
    ...(isOfEvents ? [] : misspelledPlaces(plan, source)),
    ...(await unknownFields(plan, source, context)),
    ...(desk === undefined ? [] : pushPlaces(plan, desk)),
    ...(pushedTo === undefined ? [] : deskPushFindings(plan, pushedTo)),
  ];
}

/** HelpSpot may send what nobody documents, so a place that is not known is no error. */
function unsentFindings(
  { name, title = '', body = '', fields, json }: PushTargetPlan,
  hasNames: boolean,
): readonly Finding[] {
  const isMapped = (place: string) => Object.hasOwn(json?.map ?? {}, place);
  const templates: readonly (readonly [where: string, template: string])[] = [
    ['title', title],
    ['body', body],
    ...Object.entries(fields).map(([field, template]) => [`fields.${field}`, template] as const),
  ];
  return templates.flatMap(([where, template]) =>
    [...new Set(placesOf(template))]
      .filter((place) => !isMapped(place) && (isRequestName(place) ? !hasNames : !isPushValue(place)))
      .map((place): Finding => {
        const near = isRequestName(place) ? '' : didYouMean(place, PUSH_VALUE_NAMES);
        const sentence = `HelpSpot sends no ${place}${near}; it is empty unless it stands in the address of a webhook${nameHint(place)}`;
        return { where: `push.${name}.${where}`, weight: 'warning', sentence };
      }),
  );
}

/** What templates of an adapter's own have beside the values of the request. */
const OF_A_PUSH = ['title', 'body', 'link', 'reference', 'id'];

/** In templates of the source (`json` of a web hook): what is nearly the name of a value. All others may be a form's. */
function misspelledPlaces({ name, fields, json }: PushTargetPlan, { plan }: SourceHandle): readonly Finding[] {
  // Whoever says which values it reads has no templates.
  if (plan.adapter.push?.readsValues !== undefined) return [];
  const given = new Set([...OF_A_PUSH, ...Object.keys(fields), ...Object.keys(json?.map ?? {})]);
  // `{{body | max 2500}}`
  const places = settingTexts(plan.settings)
    .flatMap(placesOf)
    .map((place) => place.split('|', 1).join('').trimEnd());
  return [...new Set(places)].flatMap((place): readonly Finding[] => {
    const near =
      given.has(place) || isRequestName(place) || isPushValue(place) ? '' : didYouMean(place, PUSH_VALUE_NAMES);
    if (near === '') return [];
    const sentence = `a template of ${plan.name} has the place {{${place}}}, which HelpSpot does not send${near}`;
    return [{ where: `push.${name}`, weight: 'warning', sentence }];
  });
}

function settingTexts(settings: unknown): readonly string[] {
  if (typeof settings === 'string') return [settings];
  return typeof settings === 'object' && settings !== null ? Object.values(settings).flatMap(settingTexts) : [];
}

/** Where a template names none of them, these are used all the same, or what is made of them is. */
const USED_ANYWAY = ['xRequest'];
const MAKES: Readonly<Record<string, readonly string[]>> = {
  tNote: ['note', 'latest_note', 'latest_public_note', 'all_notes'],
  fNoteIsHTML: ['note', 'latest_note', 'latest_public_note', 'all_notes'],
  fPublic: ['latest_public_note', 'all_notes'],
  dtGMTChange: ['all_notes'],
  xPerson: ['all_notes'],
  sFirstName: ['fullname', 'all_notes'],
  sLastName: ['fullname', 'all_notes'],
  dtGMTOpened: ['opened_at'],
  dtGMTClosed: ['closed_at'],
  acting_person_fname: ['acting_person'],
  acting_person_lname: ['acting_person'],
  assigned_person_fname: ['assigned_person'],
  assigned_person_lname: ['assigned_person'],
  ...Object.fromEntries(Object.entries(NAMED_IDS).map(([name, id]) => [id, [name]])),
};

/** What is mapped and goes nowhere. @param read what the adapter reads itself; undefined: perhaps any */
function unusedFindings(
  { name, title, body, fields, json }: PushTargetPlan,
  read: readonly string[] | undefined,
): readonly Finding[] {
  if (json === undefined || read === undefined) return [];
  const templates = [title ?? '{{sTitle}}', body ?? USUAL_BODY, ...Object.values(fields)];
  const used = new Set([...USED_ANYWAY, ...read, ...templates.flatMap(placesOf)]);
  return Object.keys(json.map)
    .filter((field) => ![field, ...(MAKES[field] ?? [])].some((place) => used.has(place)))
    .map((field): Finding => {
      const sentence = `${field} is mapped, and no template of push.${name} names it; write {{${field}}} in its title, body or fields, or leave it out`;
      return { where: `push.${name}.json.map.${field}`, weight: 'warning', sentence };
    });
}

/** What goes into a body that the configuration does not say. */
const USUAL_BODY = '{{staff_comment}} {{note}} {{sTitle}}';

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
