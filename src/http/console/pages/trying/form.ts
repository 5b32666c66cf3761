/** The forms with which a call of HelpSpot is tried: its fields, labelled as HelpSpot labels them. */
import { type ComponentChild, h } from 'preact';
import type { HelpDeskField } from '../../../../contract/index.ts';
import { USER_TYPES } from '../../../../helpspot/acting-person.ts';
import { collectParameters, type Parameters } from '../../../../helpspot/parameters.ts';
import { choice, textField } from '../../page.ts';
import type { Texts } from '../../texts/en.ts';

/** Parameters of one meaning in the order of HelpSpot's page; each call spells them in its own way. */
export type CustomerNames = readonly [id: string, first: string, last: string, email: string, phone: string];

/** The request's fields that HelpSpot sends beside the customer's. */
export const REQUEST_NAMES = ['xCategory', 'xStatus', 'xPersonAssignedTo'] as const;
/** Who clicks, without the level. */
export const PERSON_NAMES = [
  'acting_person_xperson',
  'acting_person_fname',
  'acting_person_lname',
  'acting_person_email',
] as const;
export const LEVEL_NAME = 'acting_person_fusertype';

/** HelpSpot has some tens of custom fields; a form of more is none that anybody fills in. */
const MOST_CUSTOM_FIELDS = 200;
/** A longer list is typed rather than chosen from. */
const MOST_ITEMS = 500;

/** What a form asks for. */
export interface CallForm {
  readonly customer: CustomerNames;
  readonly customFields: readonly HelpDeskField[];
  /** Names of other parameters. */
  readonly others: readonly string[];
}

/**
 * The custom fields of a form: those of HelpSpot, where they are known, and those that the configuration names.
 * @param used names of parameters and elements
 * @param called what the configuration calls some of them
 */
export function customFieldsFor(
  known: readonly HelpDeskField[],
  used: Iterable<string>,
  called: ReadonlyMap<string, string> = new Map(),
): readonly HelpDeskField[] {
  const fields = new Map(known.map((one) => [one.field, one]));
  for (const field of used) {
    if (!/^Custom\d{1,9}$/.test(field) || fields.has(field)) continue;
    fields.set(field, { field, name: called.get(field) ?? field, items: [] });
  }
  const number = ({ field }: HelpDeskField) => Number(field.slice('Custom'.length));
  return [...fields.values()].toSorted((one, other) => number(one) - number(other)).slice(0, MOST_CUSTOM_FIELDS);
}

/** What was filled in, under the names of the form; nothing else that was sent is asked with. */
export function typedIn({ customer, customFields, others }: CallForm, sent: URLSearchParams): Parameters {
  const names = [...customer, ...customFields.map(({ field }) => field), ...others];
  const collector = collectParameters();
  for (const name of new Set([...names, ...REQUEST_NAMES, ...PERSON_NAMES, LEVEL_NAME])) {
    const value = sent.get(name) ?? '';
    if (value.trim() !== '') collector.add(name, value);
  }
  return collector.parameters();
}

/** The fields of the form, with what was filled in. */
export function formFields(
  { customer, customFields, others }: CallForm,
  filled: Parameters,
  texts: Texts,
): readonly ComponentChild[] {
  const field = (name: string, label: string, hint?: string) =>
    textField(label, name, filled[name] ?? '', { autocomplete: 'off' }, hint);
  const [id, first, last, email, phone] = customer;
  const custom = customFields.map((one) => customField(one, filled));
  const labels: Readonly<Record<string, string>> = {
    request: texts.requestNumberField,
    callingField: texts.callingField,
  };
  const more = [
    field('xCategory', texts.category),
    field('xStatus', texts.requestStatus),
    field('xPersonAssignedTo', texts.assignedTo),
    field('acting_person_xperson', texts.personId),
    field('acting_person_fname', texts.personFirstName),
    field('acting_person_lname', texts.personLastName),
    field('acting_person_email', texts.personEmail),
  ];
  const levels = USER_TYPES.map((level, at) => [String(at + 1), level] as const);
  const isMore = [...REQUEST_NAMES, ...PERSON_NAMES].some((name) => filled[name] !== undefined);
  return [
    group(texts.customer, [
      field(id, texts.customerId),
      field(first, texts.firstName),
      field(last, texts.lastName),
      field(email, texts.email),
      field(phone, texts.phone),
    ]),
    custom.length === 0 ? undefined : group(texts.customFields, custom),
    group(texts.request, [
      ...others.map((name) =>
        field(name, labels[name] ?? name, name === 'callingField' ? texts.callingFieldHint : undefined),
      ),
      choice(texts.level, LEVEL_NAME, [['', texts.noLevel], ...levels], filled[LEVEL_NAME]),
    ]),
    h('details', { open: isMore }, h('summary', null, texts.moreParameters), h('div', { class: 'fields' }, more)),
  ];
}

function group(legend: string, fields: readonly ComponentChild[]): ComponentChild {
  return h('fieldset', null, h('legend', null, legend), h('div', { class: 'fields' }, fields));
}

function customField({ field, name, type, items }: HelpDeskField, filled: Parameters): ComponentChild {
  const label = name === field ? field : `${name} (${field})`;
  const value = filled[field] ?? '';
  const choices = type === 'checkbox' ? ['1', '0'] : items;
  if (choices.length === 0 || choices.length > MOST_ITEMS) {
    return textField(label, field, value, { autocomplete: 'off' });
  }
  return choice(
    label,
    field,
    ['', ...choices].map((one) => [one, one.replaceAll('#-#', ' / ')] as const),
    value,
  );
}

/** A controller for the gateway that follows the signal of a visit. */
export function controllerFor(signal: AbortSignal): AbortController {
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return controller;
}
