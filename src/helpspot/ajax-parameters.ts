/**
 * What HelpSpot sends for an AJAX selection field (manual, chapter 3.2), under
 * the names of a Live Lookup, so that the rest of the gateway knows one set.
 */
import type { Parameters } from './parameters.ts';

/** The customer's fields of the request: their spelling here → their spelling in a Live Lookup. */
const LOOKUP_NAMES: ReadonlyMap<string, string> = new Map([
  ['sUserId', 'customer_id'],
  ['sUserID', 'customer_id'],
  ['sEmail', 'email'],
  ['sPhone', 'phone'],
  ['sFirstName', 'first_name'],
  ['sLastName', 'last_name'],
]);

/** The parameter in which the gateway keeps what was typed into the field. */
export const TYPED_TEXT = 'callingField';

/** One name for both spellings: `sEmail` and `email` are `email`. */
export function parameterName(name: string): string {
  return LOOKUP_NAMES.get(name) ?? name;
}

/**
 * One set of names out of what HelpSpot sent: the customer's fields as a Live Lookup spells them (what is filled in
 * wins over what is empty), and in `callingField` the text that was typed. HelpSpot 5.x sends there the name of the
 * field, whose text is in the parameter of that name; the manual says that it is the text itself. `sUserId` stays too,
 * since a Live Lookup has it as well.
 */
export function ajaxParameters(sent: Parameters): Parameters {
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(sent)) {
    const known = parameterName(name);
    const before = parameters[known];
    // The lookup's own spelling has the last word, unless it is empty.
    if (before === undefined || before.trim() === '' || (known === name && value.trim() !== '')) {
      parameters[known] = value;
    }
  }
  const { customer_id: customerId } = parameters;
  if (customerId !== undefined) parameters['sUserId'] = customerId;
  parameters[TYPED_TEXT] = typedText(sent);
  return parameters;
}

function typedText(sent: Parameters): string {
  const text = (sent[TYPED_TEXT] ?? '').trim();
  if (text === TYPED_TEXT || !Object.hasOwn(sent, text)) return text;
  return (sent[text] ?? '').trim();
}

/** HelpSpot's mark between the levels of a drill-down value (manual, appendix, "Custom Fields"). */
const LEVELS = '#-#';
const LEVEL_OF = /^(.+)\.([1-9])$/;

/**
 * The value of a place in a template: `{{sUserId}}`, `{{Custom3}}`, or one level of a drill-down field: of
 * `Boston#-#8th`, `{{Custom3.1}}` is `Boston` and `{{Custom3.2}}` is `8th`. Trimmed; empty when it was not sent.
 */
export function parameterValue(parameters: Parameters, place: string): string {
  const level = LEVEL_OF.exec(place);
  const whole = (parameters[parameterName(level?.[1] ?? place)] ?? '').trim();
  return level === null ? whole : (whole.split(LEVELS)[Number(level[2]) - 1] ?? '').trim();
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['customer_id', 'the customer ID'],
  ['email', 'the email address'],
  ['phone', 'the phone number'],
  ['first_name', 'the first name'],
  ['last_name', 'the last name'],
  ['xStatus', 'the status'],
  ['xCategory', 'the category'],
  ['xPersonAssignedTo', 'the person assigned to'],
  ['status', 'the status'],
  ['category', 'the category'],
  ['assigned_to', 'the person assigned to'],
  [TYPED_TEXT, 'this field'],
]);

/** What staff call a parameter: `the customer ID`, `custom field 3`. */
export function parameterWords(place: string): string {
  const name = parameterName(LEVEL_OF.exec(place)?.[1] ?? place);
  const custom = /^Custom(\d+)$/.exec(name)?.[1];
  return custom === undefined ? (WORDS.get(name) ?? name) : `custom field ${custom}`;
}

/** The parameters of an AJAX field, without the custom fields. */
export const AJAX_PARAMETERS: readonly string[] = [
  ...LOOKUP_NAMES.keys(),
  ...new Set(LOOKUP_NAMES.values()),
  'xStatus',
  'xCategory',
  'xPersonAssignedTo',
  TYPED_TEXT,
  'acting_person_xperson',
  'acting_person_fusertype',
  'acting_person_fname',
  'acting_person_lname',
  'acting_person_email',
];
