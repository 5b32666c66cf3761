/** The private methods that list what a HelpSpot has (manual, chapter 4.5). */
import { element, fields, keyed, list, type Part } from './answer.ts';
import type { Methods, PrivateCall } from './call.ts';
import type { Category, Contact, CustomField, HelpSpotData, StaffMember } from './data.ts';
import { numberOf, textOf } from './parameters.ts';
import { fullName } from './request-words.ts';

/** See the file. */
export const LISTS: Methods<PrivateCall> = {
  'private.request.getCategories': {
    http: 'GET',
    answer: ({ house: { data } }) => ({
      root: 'categories',
      content: [
        keyed(
          'category',
          data.categories.map((category) => ({ key: category.xCategory, content: categoryContent(data, category) })),
        ),
      ],
    }),
  },

  'private.request.getStatusTypes': {
    http: 'GET',
    answer({ house: { data }, parameters }) {
      const shown = data.statuses.filter(activeOnly(textOf(parameters, 'fActiveOnly')));
      const contents = shown.map(({ sStatus, xStatus }) => fields({ sStatus, xStatus }));
      return { root: 'results', content: [list('status', contents)] };
    },
  },

  'private.request.getMailboxes': {
    http: 'GET',
    answer({ house: { data }, parameters }) {
      const shown = data.mailboxes.filter(activeOnly(textOf(parameters, 'fActiveOnly')));
      const contents = shown.map(({ xMailbox, sReplyName, sReplyEmail }) =>
        fields({ xMailbox, sReplyName, sReplyEmail }),
      );
      return { root: 'results', content: [list('mailbox', contents)] };
    },
  },

  'private.request.getCustomFields': {
    http: 'GET',
    answer({ house: { data }, parameters }) {
      const xCategory = numberOf(parameters, 'xCategory');
      const ofCategory = data.categories.find((category) => category.xCategory === xCategory)?.sCustomFieldList ?? [];
      const shown = data.customFields.filter(
        (one) => xCategory === undefined || one.isAlwaysVisible || ofCategory.includes(one.xCustomField),
      );
      return { root: 'customfields', content: [list('field', shown.map(customFieldContent))] };
    },
  },

  'private.util.getActiveStaff': {
    http: 'GET',
    answer({ house: { data } }) {
      const active = data.staff.filter(({ fDeleted }) => !fDeleted);
      const contents = active.map((person) => [...staffFields(person), ...fields({ fullname: fullName(person) })]);
      return { root: 'staff', content: [list('person', contents)] };
    },
  },

  'private.user.preferences': {
    http: 'GET',
    answer: ({ person }) => ({ root: 'preferences', content: staffFields(person) }),
  },

  'private.addressbook.getContacts': {
    http: 'GET',
    answer({ house: { data } }) {
      // The highlighted first, as in the manual's example.
      const shown = data.contacts.toSorted((one, other) => Number(other.fHighlight) - Number(one.fHighlight));
      return {
        root: 'addressbook',
        content: [list('contact', shown.map(contactFields))],
        encoding: 'UTF-8',
      };
    },
  },
};

function contactFields(contact: Contact): readonly Part[] {
  const { xContact, sFirstName, sLastName, sEmail, sTitle, sDescription, fHighlight } = contact;
  return fields({ xContact, sFirstName, sLastName, sEmail, sTitle, sDescription, fHighlight });
}

/** "defaults to 1, use 0 to find inactive": taken as those too, not as those alone. */
function activeOnly(asked: string): (one: { readonly fDeleted: boolean }) => boolean {
  return ({ fDeleted }) => asked === '0' || !fDeleted;
}

function categoryContent(data: HelpSpotData, category: Category): readonly Part[] {
  const { xCategory, sCategory, sCategoryGroup, fDeleted, fAllowPublicSubmit, xPersonDefault, fAutoAssignTo } =
    category;
  const people = data.staff.filter(({ xPerson }) => category.sPersonList.includes(xPerson));
  const open = (xPerson: number) =>
    data.requests.filter((one) => one.fOpen && !one.fTrash && one.xPersonAssignedTo === xPerson).length;
  return [
    ...fields({ xCategory, sCategory, sCategoryGroup, fDeleted, fAllowPublicSubmit, xPersonDefault, fAutoAssignTo }),
    element('sPersonList', [
      list(
        'person',
        people.map((person) =>
          fields({ xPerson: person.xPerson, fullname: fullName(person), assigned_requests: open(person.xPerson) }),
        ),
      ),
    ]),
    customFieldIds(category),
    element('reportingTags', [
      list(
        'tag',
        category.reportingTags.map((tag) => fields({ ...tag })),
      ),
    ]),
  ];
}

/** The ids of a category's custom fields. */
export function customFieldIds({ sCustomFieldList }: Category): Part {
  return element('sCustomFieldList', [list('xCustomField', sCustomFieldList.map(String))]);
}

/** A custom field; the public method leaves out `isPublic` and `sAjaxUrl` (manual, request.getCustomFields). */
export function customFieldContent(custom: CustomField): readonly Part[] {
  return customFieldParts(custom, true);
}

/** See {@link customFieldContent}. */
export function publicFieldContent(custom: CustomField): readonly Part[] {
  return customFieldParts(custom, false);
}

function customFieldParts(custom: CustomField, forStaff: boolean): readonly Part[] {
  const { xCustomField, fieldName, isRequired, isPublic, fieldType, iOrder, sTxtSize, lrgTextRows } = custom;
  const { iDecimalPlaces, sRegex, sAjaxUrl, isAlwaysVisible, listItems } = custom;
  return [
    ...fields({ xCustomField, fieldName, isRequired, ...(forStaff ? { isPublic } : {}), fieldType, iOrder }),
    ...fields({ sTxtSize, lrgTextRows }),
    element('listItems', [list('item', listItems)]),
    ...fields({ iDecimalPlaces, sRegex, ...(forStaff ? { sAjaxUrl } : {}), isAlwaysVisible }),
  ];
}

function staffFields(person: StaffMember): readonly Part[] {
  const { xPerson, sFname, sLname, sUsername, sEmail, sPhone, fUserType, fDeleted } = person;
  return fields({
    ...{ xPerson, sFname, sLname, sUsername, sEmail, sEmail2: '', sSMS: '', xSMSService: 1, sPhone, tSignature: '' },
    ...{ tMobileSignature: '', fNotifyEmail: 1, fNotifyEmail2: 0, fNotifySMS: 0, fNotifySMSUrgent: 0 },
    ...{ xPersonPhotoId: 0, fUserType, xPersonOutOfOffice: 0, fNotifyNewRequest: 1, fDeleted },
    ...{ sWorkspaceDefault: 'myq', fDefaultToPublic: 0, fDefaultTTOpen: 0, fHideWysiwyg: 0, fHideImages: 0 },
    ...{ iRequestHistoryLimit: 10, fReturnToReq: 0, sHTMLEditor: 'wysiwyg', tSignature_HTML: '' },
  });
}
