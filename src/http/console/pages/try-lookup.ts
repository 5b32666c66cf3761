/** Try a lookup: the form of HelpSpot's request page, the answer as HelpSpot draws it, and how it came about. */
import { type ComponentChild, h } from 'preact';
import type { HelpDeskField } from '../../../contract/index.ts';
import { relatedPlaces } from '../../../gateway/lookup/live-lookup.ts';
import { isGiven, parametersOf } from '../../../gateway/lookup/match-steps.ts';
import type { LookupPlan } from '../../../gateway/lookup/plan.ts';
import { mayDo } from '../../../gateway/plan.ts';
import { writtenElements } from '../../../gateway/writing.ts';
import { actingPerson } from '../../../helpspot/acting-person.ts';
import { cutText } from '../../../helpspot/cut.ts';
import { elementsXml, writeLookupError } from '../../../helpspot/lookup-xml.ts';
import { isHelpSpotParameter, mergeParameters } from '../../../helpspot/parameters.ts';
import { notice, section } from '../page.ts';
import type { Visit } from '../visit.ts';
import { drawnAnswer } from './trying/answer.ts';
import { sameCall } from './trying/calls.ts';
import { drawnEmpty, drawnOrigins, drawnRecords, drawnSteps } from './trying/explanation.ts';
import {
  type CallForm,
  controllerFor,
  customFieldsFor,
  LEVEL_NAME,
  PERSON_NAMES,
  REQUEST_NAMES,
} from './trying/form.ts';
import { drawnMade } from './trying/made.ts';
import { type TriedCall, trialPage } from './trying/page.ts';

/** Of the document, characters that are shown. */
const XML_SHOWN = 200_000;

export const tryLookup = trialPage<LookupPlan>({
  path: 'try-lookup',
  heading: ({ tryLookup }) => tryLookup,
  plans: ({ lookups }) => lookups,
  words: ({ lookup, noLookups }) => ({ one: lookup, none: noLookups }),
  form: formOf,
  tried,
});

/** Every parameter that one of the lookups reads, and every custom field that it fills. */
function formOf(lookups: readonly LookupPlan[], known: readonly HelpDeskField[]): CallForm {
  const used = lookups.flatMap(({ match, related }) => [
    ...match.flatMap(parametersOf),
    ...relatedPlaces({ related }).filter(isHelpSpotParameter),
  ]);
  const elements = lookups.flatMap(({ fields = [] }) => fields.map(({ element }) => element));
  const customer = ['customer_id', 'first_name', 'last_name', 'email', 'phone'] as const;
  const customFields = customFieldsFor(known, [...used, ...elements]);
  const shown = new Set<string>([...customer, ...REQUEST_NAMES, ...PERSON_NAMES, LEVEL_NAME, 'sUserId', 'request']);
  for (const { field } of customFields) shown.add(field);
  const others = [...new Set(used)].filter((name) => !shown.has(name));
  return { customer, customFields, others: ['request', ...others] };
}

async function tried(visit: Visit, { plan, filled, form, known }: TriedCall<LookupPlan>): Promise<ComponentChild> {
  const { gateway, texts, user, signal } = visit;
  const { customer_id: id } = filled;
  // HelpSpot sends it under both names.
  const parameters = id === undefined ? filled : mergeParameters(filled, { sUserId: id });
  const controller = controllerFor(signal);
  const outcome = await gateway.lookup(
    { lookup: plan.name, parameters },
    {
      ...{ via: 'console', caller: user.name, controller, explain: true, provenance: true },
      records: mayDo(user.role, 'operator'),
    },
  );
  const call = { signal: controller.signal, log: gateway.log };
  const { answer, explanation } = outcome;
  const made = outcome.failure === undefined ? await writtenElements(outcome, call) : outcome;
  const elements = 'value' in made ? made.value : undefined;
  const xml = elements === undefined ? writeLookupError(made.failure?.message ?? '') : elementsXml(elements);
  const request = {
    typed: parameters,
    known: known.length === 0 ? undefined : new Map(known.map((one) => [one.field, one])),
    hasInsert: plan.addressBook === undefined,
  };
  const viewer = actingPerson(parameters).userType;
  const isSearched = plan.match.some((step) => isGiven(step, parameters)) || plan.addressBook !== undefined;
  const steps = [...new Set(plan.match.map((step) => parametersOf(step).join(' + ')))].join(', ');
  const sideBySide =
    explanation?.made && elements && drawnMade(explanation.made, explanation.raw ?? [], elements, visit);
  const beside = h(
    'div',
    { class: 'columns' },
    section(
      texts.asHelpSpotDraws,
      made.failure === undefined ? undefined : notice('problem', made.failure.message),
      isSearched ? undefined : notice('warning', texts.nothingSearched(steps)),
      elements && drawnAnswer(elements, { request, customFields: form.customFields, texts }),
    ),
    h(
      'div',
      null,
      h('p', null, texts.callReference(outcome.reference)),
      explanation && drawnSteps(explanation, texts),
      explanation &&
        elements &&
        sideBySide === undefined &&
        drawnEmpty(plan, elements.customers, explanation, viewer, texts),
      answer && drawnOrigins(answer.customers, texts),
      explanation?.raw && drawnRecords(explanation.raw, texts),
      section('XML', h('pre', { tabIndex: 0 }, cutText(xml, XML_SHOWN))),
      sameCall('lookups', plan.name, parameters, visit),
    ),
  );
  return h('div', null, beside, sideBySide);
}
