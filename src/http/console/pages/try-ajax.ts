/** Try an AJAX field: what HelpSpot sends for one, the list as a drop-down, and what a choice stores. */
import { type ComponentChild, h } from 'preact';
import type { HelpDeskField } from '../../../contract/index.ts';
import type { AjaxPlan } from '../../../gateway/ajax/plan.ts';
import { parameterPlaces } from '../../../gateway/ajax/where.ts';
import { writtenAjax } from '../../../gateway/writing.ts';
import type { AjaxOption } from '../../../helpspot/ajax-answer.ts';
import { AJAX_PARAMETERS } from '../../../helpspot/ajax-parameters.ts';
import { cutText } from '../../../helpspot/cut.ts';
import { isRequestName } from '../../../helpspot/named-ids.ts';
import { dataTable, labelled, notice, section } from '../page.ts';
import type { Texts } from '../texts/en.ts';
import type { Visit } from '../visit.ts';
import { sameCall } from './trying/calls.ts';
import { type CallForm, controllerFor, customFieldsFor } from './trying/form.ts';
import { type TriedCall, trialPage } from './trying/page.ts';

/** Of the document, characters that are shown; of the list, so many lines. */
const limits = { xml: 200_000, options: 1_000 } as const;

export const tryAjax = trialPage<AjaxPlan>({
  path: 'try-ajax',
  heading: ({ tryAjax }) => tryAjax,
  plans: ({ ajax }) => ajax,
  words: ({ ajaxField, noAjaxFields }) => ({ one: ajaxField, none: noAjaxFields }),
  form: formOf,
  tried,
});

/** Every parameter that one of the fields reads. `Custom3.1` is a level of `Custom3`. */
function formOf(fields: readonly AjaxPlan[], known: readonly HelpDeskField[]): CallForm {
  const conditions = fields.flatMap(({ where, via }) => [...where, ...(via?.where ?? [])]);
  const places = conditions.flatMap(parameterPlaces);
  const used = [...new Set(places.map((place) => place.replace(/\.[1-9]$/, '')))];
  const labels = conditions.flatMap((one) => {
    const { label } = one;
    return label === undefined ? [] : parameterPlaces(one).map((place) => [place, label] as const);
  });
  const customFields = customFieldsFor(known, used, new Map(labels));
  const shown = new Set([...AJAX_PARAMETERS, ...customFields.map(({ field }) => field)]);
  const others = used.filter((name) => !shown.has(name) && !isRequestName(name));
  return {
    customer: ['sUserId', 'sFirstName', 'sLastName', 'sEmail', 'sPhone'],
    customFields,
    others: ['callingField', ...others],
  };
}

async function tried(visit: Visit, { plan, filled: parameters }: TriedCall<AjaxPlan>) {
  const { gateway, texts, user, signal } = visit;
  const controller = controllerFor(signal);
  const outcome = await gateway.ajax(
    { field: plan.name, parameters },
    { via: 'console', caller: user.name, controller },
  );
  const { xml, options, failure } = await writtenAjax(outcome, { signal: controller.signal, log: gateway.log });
  return h(
    'div',
    { class: 'columns' },
    section(
      texts.asHelpSpotDraws,
      failure === undefined ? drawnList(options, plan.name, texts) : notice('problem', failure.message),
    ),
    h(
      'div',
      null,
      h('p', null, texts.callReference(outcome.reference)),
      section('XML', h('pre', { tabIndex: 0 }, cutText(xml, limits.xml))),
      sameCall('ajax', plan.name, parameters, visit),
    ),
  );
}

/** A line without a value is only read; a choice of any other stores its value. */
function drawnList(all: readonly AjaxOption[], name: string, texts: Texts): ComponentChild {
  if (all.length === 0) return notice('warning', texts.nothingListed);
  const options = all.slice(0, limits.options);
  const items = options.map(({ value, description }) => h('option', { value, disabled: value === '' }, description));
  const rows = options.map(({ value, description }) => [
    description,
    value === '' ? h('em', null, texts.onlyRead) : h('code', null, value),
  ]);
  return h(
    'div',
    null,
    labelled(name, 'drop-down', h('select', { id: 'drop-down' }, items)),
    dataTable(texts.listedOptions, [texts.shownText, texts.storedValue], rows),
    all.length > limits.options ? notice('warning', texts.onlyFirst(limits.options)) : undefined,
  );
}
