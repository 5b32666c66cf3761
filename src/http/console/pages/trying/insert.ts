/** What HelpSpot's Insert button does with an element of an answer. */
import type { HelpDeskField } from '../../../../contract/index.ts';
import type { Parameters } from '../../../../helpspot/parameters.ts';
import { isInsertable } from '../../../../helpspot/xml-name.ts';

/** The request into which an answer would be inserted. */
export interface OpenRequest {
  /** What stands in it before. */
  readonly typed: Parameters;
  /** HelpSpot's custom fields; undefined where nobody knows them. */
  readonly known: ReadonlyMap<string, HelpDeskField> | undefined;
  /** The address book has no Insert. */
  readonly hasInsert: boolean;
}

/** Of one element. Undefined: Insert leaves it alone, it is only shown. */
export interface InsertEffect {
  /** Why the field of the request does not take the value; undefined: it is copied as it is. */
  readonly refused: 'no such field' | 'no checkbox value' | 'no time' | 'no number' | 'no choice' | undefined;
  /** What stood in the field and is gone then; undefined: it was empty, or the same. */
  readonly overwritten: string | undefined;
}

/**
 * What becomes of an element (manual, chapter 1.2 and appendix): the five standard ones and `Custom#` are copied to the request's
 * fields of their names, whatever stands there.
 * @param value of the element, never empty: an empty one is not written
 */
export function insertEffect(
  element: string,
  value: string,
  { typed, known, hasInsert }: OpenRequest,
): InsertEffect | undefined {
  if (!hasInsert || !isInsertable(element)) return undefined;
  const refused = refusalOf(element, value, known);
  const before = typed[element]?.trim() ?? '';
  const stays = refused !== undefined || before === '' || before === value.trim();
  return { refused, overwritten: stays ? undefined : before };
}

function refusalOf(element: string, value: string, known: OpenRequest['known']): InsertEffect['refused'] {
  if (known === undefined || !element.startsWith('Custom')) return undefined;
  const field = known.get(element);
  if (field === undefined) return 'no such field';
  switch (field.type) {
    case 'checkbox':
      return value === '1' || value === '0' ? undefined : 'no checkbox value';
    case 'date':
    case 'moment':
      return /^-?\d{1,12}$/.test(value) ? undefined : 'no time';
    case 'integer':
      return /^-?\d{1,30}$/.test(value) ? undefined : 'no number';
    case 'decimal':
      return /^-?\d{1,30}(?:\.\d{1,30})?$/.test(value) ? undefined : 'no number';
    case 'choice':
    case 'levels':
      return field.items.length === 0 || field.items.includes(value) ? undefined : 'no choice';
    default:
      return undefined;
  }
}
