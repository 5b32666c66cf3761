/** Which fields of a customer's records a lookup shows. */
import { placesOf } from '../../contract/index.ts';
import type { ContentPlan, LookupPlan } from './plan.ts';

/** The fields that the elements of a lookup are made of, and those by which related records are asked. */
export function shownPlaces({ fields = [], related }: LookupPlan): readonly string[] {
  const shown = fields.flatMap(({ content, when = [], marks = [] }) => [
    ...placesIn(content),
    ...[...when, ...marks].flatMap(({ field }) => field ?? []),
  ]);
  const asked = related.flatMap(({ where, except }) => [...where, ...except].flatMap(({ value }) => placesOf(value)));
  return [...shown, ...asked];
}

/** The fields of the customer that a content is made of; what belongs to him has its own. */
export function placesIn(content: ContentPlan): readonly string[] {
  switch (content.kind) {
    case 'field':
      return content.from;
    case 'checkbox':
      return [content.from];
    case 'template':
    case 'html':
      return placesOf(content.template);
    case 'link':
      return [...placesOf(content.href), ...placesOf(content.text)];
    case 'drillDown':
      return content.levels.flatMap(placesOf);
    case 'table':
    case 'lines':
    case 'first':
    case 'count':
    case 'exists':
    case 'hidden':
      return [];
  }
}
