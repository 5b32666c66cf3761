/** The lists of a HelpSpot in the words of the contract, for names and for `check`. */
import {
  type HelpDeskEntry,
  type HelpDeskField,
  type HelpDeskFieldType,
  type HelpDeskList,
  type HelpDeskLists,
  isList,
  ownValue,
  type SourceRecord,
  textOf,
} from '../../src/contract/index.ts';

/**
 * By the word that HelpSpot has for it ("fieldType", chapter 4.5 of the manual), in small letters. What is not here may take
 * anything: an AJAX field whatever is chosen, a regular expression what it says.
 */
const TYPES: Readonly<Record<string, HelpDeskFieldType>> = {
  ...{ text: 'text', lrgtext: 'text', checkbox: 'checkbox', date: 'date', datetime: 'moment' },
  ...{ numtext: 'integer', decimal: 'decimal', select: 'choice', drilldown: 'levels' },
};

/**
 * @param lists the records of each; undefined where it cannot be read
 * @param left people whom the list of staff lacks
 */
export function helpDeskLists(
  lists: ReadonlyMap<HelpDeskList, readonly SourceRecord[] | undefined>,
  left: readonly HelpDeskEntry[],
): HelpDeskLists {
  const staff = lists.get('staff')?.map((record) => ({
    ...entryOf(record, 'xPerson', 'fullname'),
    otherNames: ['sUsername', 'sEmail', 'sEmail2'].map((name) => textAt(record, name)).filter((name) => name !== ''),
  }));
  return {
    categories: lists.get('categories')?.map((record) => ({
      ...entryOf(record, 'xCategory', 'sCategory'),
      persons: textsAt(record, 'sPersonList'),
    })),
    statuses: lists.get('statuses')?.map((record) => entryOf(record, 'xStatus', 'sStatus')),
    staff: staff && [...staff, ...left.filter(({ id }) => !staff.some((one) => one.id === id))],
    customFields: lists.get('customFields')?.map(fieldOf),
  };
}

function entryOf(record: SourceRecord, id: string, name: string): HelpDeskEntry {
  const isOld = ownValue(record, 'fDeleted') === true;
  return { id: textAt(record, id), name: textAt(record, name), ...(isOld && { isOld }) };
}

function fieldOf(record: SourceRecord): HelpDeskField {
  const type = textAt(record, 'fieldType').toLowerCase();
  return {
    field: textAt(record, 'field'),
    name: textAt(record, 'fieldName'),
    type: Object.hasOwn(TYPES, type) ? TYPES[type] : undefined,
    items: textsAt(record, 'listItems'),
  };
}

function textAt(record: SourceRecord, name: string): string {
  return textOf(ownValue(record, name)).trim();
}

function textsAt(record: SourceRecord, name: string): readonly string[] {
  const value = ownValue(record, name);
  if (value === undefined) return [];
  return (isList(value) ? value : [value]).map(textOf);
}
