/** Beside the answer of a lookup: how it came about. */
import { type ComponentChild, h } from 'preact';
import { emptyElements } from '../../../../gateway/lookup/empty-elements.ts';
import type { LookupPlan } from '../../../../gateway/lookup/plan.ts';
import type { AskedStep, Explanation, RawRecord } from '../../../../gateway/outcome.ts';
import type { UserType } from '../../../../helpspot/acting-person.ts';
import type { Customer } from '../../../../helpspot/answer.ts';
import type { LookupElements } from '../../../../helpspot/lookup-xml.ts';
import { dataTable, section, time } from '../../page.ts';
import type { Texts } from '../../texts/en.ts';

/** Customers whose origins are shown. */
const MOST_CUSTOMERS = 10;

/** What was asked of whom, and what came of it. */
export function drawnSteps({ steps, records, customers, shown, notes = [] }: Explanation, texts: Texts) {
  const rows = steps.map((step) => [
    step.step,
    step.source ?? '–',
    resultOf(step, texts),
    step.milliseconds === undefined ? '–' : h('span', { class: 'whole' }, `${step.milliseconds} ms`),
  ]);
  return section(
    texts.steps,
    dataTable(texts.steps, [texts.step, texts.source, texts.result, texts.duration], rows),
    h('p', null, texts.stepsSum(records, customers, shown)),
    notes.length === 0
      ? undefined
      : h(
          'ul',
          null,
          notes.map((note) => h('li', null, note)),
        ),
  );
}

function resultOf({ source, count = 0, problem, never, answer }: AskedStep, texts: Texts): ComponentChild {
  // A step that was passed over is no failure.
  if (problem !== undefined) {
    const words = texts.stepProblem(problem);
    return source === undefined ? words : h('span', { class: 'bad' }, words);
  }
  const kept = answer === undefined ? '' : ` (${answer === 'stale' ? texts.keptOld : texts.kept})`;
  return `${texts.found(count)}${kept}${never === undefined ? '' : `: ${never}`}`;
}

/** Where the values of the first customers come from, and how old they are. */
export function drawnOrigins(customers: readonly Customer[], texts: Texts): ComponentChild {
  const rows = customers
    .slice(0, MOST_CUSTOMERS)
    .flatMap((customer, at) =>
      customer.flatMap(({ name, from = [] }) =>
        from.map((one) => [
          name,
          String(at + 1),
          one.title === one.source ? one.title : `${one.title} (${one.source})`,
          time(one.at),
        ]),
      ),
    );
  if (rows.length === 0) return undefined;
  return section(
    texts.origins,
    dataTable(texts.origins, [texts.field, texts.customer, texts.source, texts.dataFrom], rows),
  );
}

/** Elements that nobody has, and why. */
export function drawnEmpty(
  plan: LookupPlan,
  customers: LookupElements['customers'],
  explanation: Explanation,
  viewer: UserType | undefined,
  texts: Texts,
): ComponentChild {
  const empty = emptyElements(plan, customers, explanation, viewer);
  if (empty.length === 0) return undefined;
  const items = empty.map(({ element, why }) => h('li', null, h('code', null, element), ': ', why));
  return section(texts.emptyFields, h('ul', null, items));
}

/** The records of the sources, and which elements are made of each field. */
export function drawnRecords(records: readonly RawRecord[], texts: Texts): ComponentChild {
  if (records.length === 0) return undefined;
  const parts = records.map(({ customer, source, related, fields }) => {
    const caption =
      related === undefined
        ? texts.recordOf(source, customer + 1)
        : texts.relatedRecordOf(source, related.name, related.place + 1, customer + 1);
    const rows = fields.map(({ name, value, elements }) => [
      h('code', null, name),
      value === undefined ? h('em', null, texts.notVisible) : value,
      elements.join(', '),
    ]);
    return h(
      'details',
      null,
      h('summary', null, caption),
      dataTable(caption, [texts.field, texts.value, texts.becomes], rows),
    );
  });
  return section(texts.records, ...parts);
}
