/** Try a lookup: the form of HelpSpot's request page, the answer as HelpSpot draws it, and how it came about. */
import { type ComponentChild, h } from 'preact';
import type { HelpDeskField } from '../../../contract/index.ts';
import { relatedPlaces } from '../../../gateway/lookup/live-lookup.ts';
import { isGiven, parametersOf } from '../../../gateway/lookup/match-steps.ts';
import type { LookupPlan } from '../../../gateway/lookup/plan.ts';
import { mayDo } from '../../../gateway/plan.ts';
import { writtenElements, writtenLookup } from '../../../gateway/writing.ts';
import { actingPerson } from '../../../helpspot/acting-person.ts';
import { cutText } from '../../../helpspot/cut.ts';
import { isHelpSpotParameter, mergeParameters, type Parameters } from '../../../helpspot/parameters.ts';
import { choice, hrefOf, notice, section } from '../page.ts';
import type { ConsolePage, Visit } from '../visit.ts';
import { drawnAnswer } from './trying/answer.ts';
import { sameCall } from './trying/calls.ts';
import { drawnEmpty, drawnOrigins, drawnRecords, drawnSteps } from './trying/explanation.ts';
import {
  type CallForm,
  controllerFor,
  customFieldsFor,
  formFields,
  LEVEL_NAME,
  PERSON_NAMES,
  REQUEST_NAMES,
  typedIn,
} from './trying/form.ts';

/** No parameter of HelpSpot has such a name. */
const [LOOKUP, ASK] = ['console-lookup', 'console-ask'];
/** Of the document, characters that are shown. */
const XML_SHOWN = 200_000;

export const tryLookup: ConsolePage = {
  path: 'try-lookup',
  heading: ({ tryLookup }) => tryLookup,
  role: 'viewer',
  async show(visit) {
    const { gateway, texts, query, signal } = visit;
    const { lookups } = gateway.plan;
    const [first] = lookups.keys();
    if (first === undefined) return { content: notice('warning', texts.noLookups) };
    const form = formOf([...lookups.values()], await gateway.customFields(signal));
    const filled = typedIn(form, query);
    const wanted = query.get(LOOKUP) ?? (lookups.has('default') ? 'default' : first);
    const plan = lookups.get(wanted);
    const names = Array.from(lookups.keys(), (name) => [name, name] as const);
    const content = [
      h(
        'form',
        { method: 'get', action: hrefOf('try-lookup') },
        choice(texts.lookup, LOOKUP, names, wanted),
        ...formFields(form, filled, texts),
        h('p', null, h('button', { class: 'main', name: ASK, value: '1' }, texts.tryLookup)),
      ),
      plan === undefined ? notice('problem', texts.notFound) : undefined,
      plan !== undefined && query.has(ASK) ? await tried(visit, plan, form, filled) : undefined,
    ];
    return { content };
  },
};

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

async function tried(visit: Visit, plan: LookupPlan, form: CallForm, filled: Parameters): Promise<ComponentChild> {
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
  const { xml } = await writtenLookup(outcome, call);
  const viewer = actingPerson(parameters).userType;
  const isSearched = plan.match.some((step) => isGiven(step, parameters)) || plan.addressBook !== undefined;
  const steps = [...new Set(plan.match.map((step) => parametersOf(step).join(' + ')))].join(', ');
  return h(
    'div',
    { class: 'columns' },
    section(
      texts.asHelpSpotDraws,
      made.failure === undefined ? undefined : notice('problem', made.failure.message),
      isSearched ? undefined : notice('warning', texts.nothingSearched(steps)),
      elements && drawnAnswer(elements, { typed: parameters, customFields: form.customFields, texts }),
    ),
    h(
      'div',
      null,
      h('p', null, texts.callReference(outcome.reference)),
      explanation && drawnSteps(explanation, texts),
      explanation && elements && drawnEmpty(plan, elements.customers, explanation, viewer, texts),
      answer && drawnOrigins(answer.customers, texts),
      explanation?.raw && drawnRecords(explanation.raw, texts),
      section('XML', h('pre', { tabIndex: 0 }, cutText(xml, XML_SHOWN))),
      sameCall('lookups', plan.name, parameters, gateway.plan, texts),
    ),
  );
}
