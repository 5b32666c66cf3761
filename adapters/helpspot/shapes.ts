/**
 * The lists of a HelpSpot: how each is asked for and what its records are. Chapter 4.5 of the manual,
 * https://support.helpspot.com/index.php?pg=kb.page&id=164
 */
import type { SourceField, SourceRecord } from '../../src/contract/index.ts';
import { type Data, type Forms, fieldsOfForms, valueAt } from '../../src/kit/web/index.ts';
import { scalarText, textAt } from './answer.ts';
import type { Call } from './api.ts';
import { itemsAt, textsOf, valuesOf } from './values.ts';

/** One list. */
export interface Shape {
  /** In messages: "categories". */
  readonly plural: string;
  readonly call: Call;
  /**
   * The call of those that are not in use any more, which old requests have. The manual has "defaults to 1, use 0 to find
   * inactive" of `fActiveOnly`, which may be those alone or all.
   */
  readonly inactive?: Call;
  /** The field that tells one from the others. */
  readonly id: string;
  /** The name of its elements. */
  readonly item: string;
  readonly fields: readonly SourceField[];
  toRecord(item: Data): SourceRecord;
}

/** The lists that are kept whole. */
export type KeptList = 'categories' | 'statuses' | 'customFields' | 'mailboxes' | 'staff' | 'filters' | 'contacts';

const CATEGORY: Forms = {
  ...{ xCategory: 'code', sCategory: 'text', sCategoryGroup: 'text', fDeleted: 'yes', fAllowPublicSubmit: 'yes' },
  ...{ xPersonDefault: 'reference', fAutoAssignTo: 'code' },
};
const STATUS: Forms = { xStatus: 'code', sStatus: 'text', fDeleted: 'yes' };
const CUSTOM_FIELD: Forms = {
  ...{ xCustomField: 'code', fieldName: 'text', fieldType: 'text', isRequired: 'yes', isPublic: 'yes' },
  ...{ isAlwaysVisible: 'yes', iOrder: 'number', iDecimalPlaces: 'number', sRegex: 'text', sAjaxUrl: 'text' },
};
const MAILBOX: Forms = { xMailbox: 'code', sReplyName: 'text', sReplyEmail: 'email', fDeleted: 'yes' };
const PERSON: Forms = {
  ...{ xPerson: 'code', sFname: 'name', sLname: 'name', sUsername: 'text', sEmail: 'email', sEmail2: 'email' },
  ...{ sPhone: 'phone', fUserType: 'code', xPersonOutOfOffice: 'reference' },
};
const FILTER: Forms = {
  ...{ xFilter: 'code', sFilterName: 'text', sFilterFolder: 'text', fGlobal: 'yes', count: 'number', unread: 'number' },
};
const CONTACT: Forms = {
  ...{ xContact: 'code', sFirstName: 'name', sLastName: 'name', sEmail: 'email', sTitle: 'text', sDescription: 'text' },
  fHighlight: 'yes',
};

/** The names that lookups and address books have for the API's. */
const USUAL_NAMES = { first_name: 'name', last_name: 'name', email: 'email' } as const satisfies Forms;

const list = (name: string): SourceField => ({ name, list: true });

/** By the word after `list:`. */
export const SHAPES: Readonly<Record<KeptList, Shape>> = {
  categories: {
    plural: 'categories',
    id: 'xCategory',
    call: { method: 'private.request.getCategories', root: 'categories' },
    item: 'category',
    fields: [...fieldsOfForms(CATEGORY), list('sPersonList'), list('sCustomFieldList'), list('reportingTags')],
    toRecord: (item) => ({
      ...valuesOf(item, CATEGORY),
      sPersonList: textsOf(itemsAt(item, 'sPersonList', 'person'), (person) => textAt(person, 'fullname')),
      sCustomFieldList: textsOf(itemsAt(item, 'sCustomFieldList', 'xCustomField')),
      reportingTags: textsOf(itemsAt(item, 'reportingTags', 'tag'), (tag) => textAt(tag, 'sReportingTag')),
    }),
  },
  statuses: {
    plural: 'statuses',
    id: 'xStatus',
    call: { method: 'private.request.getStatusTypes', root: 'results' },
    inactive: { method: 'private.request.getStatusTypes', root: 'results', params: { fActiveOnly: 0 } },
    item: 'status',
    fields: fieldsOfForms(STATUS),
    toRecord: (item) => valuesOf(item, STATUS),
  },
  customFields: {
    plural: 'custom fields',
    id: 'xCustomField',
    call: { method: 'private.request.getCustomFields', root: 'customfields' },
    item: 'field',
    fields: [...fieldsOfForms(CUSTOM_FIELD), { name: 'field', kind: 'code' }, list('listItems')],
    toRecord: (item) => ({
      ...valuesOf(item, CUSTOM_FIELD),
      // As lookups and pushes call it.
      field: `Custom${textAt(item, 'xCustomField') ?? ''}`,
      listItems: textsOf(itemsAt(item, 'listItems', 'item')),
    }),
  },
  mailboxes: {
    plural: 'mailboxes',
    id: 'xMailbox',
    call: { method: 'private.request.getMailboxes', root: 'results' },
    inactive: { method: 'private.request.getMailboxes', root: 'results', params: { fActiveOnly: 0 } },
    item: 'mailbox',
    fields: fieldsOfForms(MAILBOX),
    toRecord: (item) => valuesOf(item, MAILBOX),
  },
  staff: {
    plural: 'staff',
    id: 'xPerson',
    call: { method: 'private.util.getActiveStaff', root: 'staff' },
    item: 'person',
    fields: fieldsOfForms({ ...PERSON, fullname: 'name', ...USUAL_NAMES, phone: 'phone' }),
    toRecord: (item) => {
      const record = valuesOf(item, PERSON);
      const { sFname: first_name, sLname: last_name, sEmail: email, sPhone: phone } = record;
      return { ...record, fullname: fullNameOf(item), first_name, last_name, email, phone };
    },
  },
  filters: {
    plural: 'filters',
    id: 'xFilter',
    call: { method: 'private.user.getFilters', root: 'filters' },
    item: 'filter',
    fields: [...fieldsOfForms(FILTER), list('displayColumns')],
    toRecord: (item) => ({ ...valuesOf(item, FILTER), displayColumns: textsOf(columnsOf(item)) }),
  },
  contacts: {
    plural: 'contacts',
    id: 'xContact',
    call: { method: 'private.addressbook.getContacts', root: 'addressbook' },
    item: 'contact',
    // As an address book wants them: chapter 1.3 of the manual.
    fields: fieldsOfForms({ ...CONTACT, ...USUAL_NAMES, title: 'text', description: 'text', highlight: 'yes' }),
    toRecord: (item) => {
      const record = valuesOf(item, CONTACT);
      const { sFirstName: first_name, sLastName: last_name, sEmail: email } = record;
      const { sTitle: title, sDescription: description, fHighlight: highlight } = record;
      return { ...record, first_name, last_name, email, title, description, highlight };
    },
  },
};

/** Whether a word after `list:` is one of {@link SHAPES}. */
export function isKeptList(name: string): name is KeptList {
  return Object.hasOwn(SHAPES, name);
}

/** `Henry Yount`; undefined for nobody. */
export function fullNameOf(person: Data): string | undefined {
  const names = [textAt(person, 'sFname'), textAt(person, 'sLname')].filter((name) => name !== undefined);
  return names.length === 0 ? textAt(person, 'fullname') : names.join(' ');
}

/** The labels of the columns that a filter shows: `<displayColumns><fullname>Customer</fullname>…`. */
function columnsOf(item: Data): readonly string[] {
  const columns: unknown = valueAt(item, 'displayColumns');
  if (typeof columns !== 'object' || columns === null) return [];
  return Object.values(columns).flatMap((label: unknown) => scalarText(label) ?? []);
}
