/** What the API wants of a request that is made or changed (manual, private.request.create, "Custom Fields", "File Uploads"). */
import type { Call } from './call.ts';
import { type Category, type HelpSpotData, nextId, type StoredFile } from './data.ts';
import { type ApiError, apiError, type ErrorId, refused } from './failures.ts';
import { customOf, givenText, numberOf, type Parameters, textOf } from './parameters.ts';

/** The fields that say who the customer is; a new request has one of them at least. */
export const CUSTOMER = ['sFirstName', 'sLastName', 'sUserId', 'sEmail', 'sPhone'] as const;
/** "Up to 9 files may be uploaded at a time" */
const MOST_FILES = 9;
const MAIL = /^[^\s@]+@[^\s@]+$/;

/** What came of the customer's fields, empty ones too. */
export function customerOf(parameters: Parameters): Partial<Record<(typeof CUSTOMER)[number], string>> {
  return Object.fromEntries(
    CUSTOMER.flatMap((name) => {
      const value = givenText(parameters, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Of a new request: 101 when nobody is named. */
export function namelessErrors(parameters: Parameters): readonly ApiError[] {
  return CUSTOMER.some((name) => textOf(parameters, name) !== '') ? [] : [apiError(101, CUSTOMER.join(','))];
}

/** 105 for what is no address. */
export function mailErrors(parameters: Parameters): readonly ApiError[] {
  const sEmail = textOf(parameters, 'sEmail');
  return sEmail === '' || MAIL.test(sEmail) ? [] : [apiError(105)];
}

/**
 * 101 for each custom field that came empty, and for each that the category requires and that neither came nor is there
 * already; none with `skipCustomChecks`. @param forStaff the portal asks for public fields only
 */
export function customErrors(
  { house, parameters }: Call,
  category: Category | undefined,
  stored: ReadonlyMap<number, string>,
  forStaff: boolean,
): readonly ApiError[] {
  if (forStaff && textOf(parameters, 'skipCustomChecks') === '1') return [];
  const given = customOf(parameters);
  const empty = Array.from(given).flatMap(([id, value]) => (value.trim() === '' ? [id] : []));
  const required = house.data.customFields.filter(
    (one) =>
      one.isRequired &&
      (forStaff || one.isPublic) &&
      (one.isAlwaysVisible || category?.sCustomFieldList.includes(one.xCustomField) === true),
  );
  const missing = required
    .map(({ xCustomField }) => xCustomField)
    .filter((id) => !given.has(id) && (stored.get(id) ?? '') === '');
  return [...empty, ...missing].map((id) => apiError(101, `Custom${id}`));
}

/** The category, if one came. @throws {Refusal} `failing` for one that is not there or deleted, and in public for an inner one */
export function categoryOf(
  data: HelpSpotData,
  parameters: Parameters,
  failing: ErrorId,
  forStaff = true,
): Category | undefined {
  if (textOf(parameters, 'xCategory') === '') return undefined;
  const xCategory = numberOf(parameters, 'xCategory');
  const category = data.categories.find((one) => one.xCategory === xCategory && !one.fDeleted);
  if (category === undefined || !(forStaff || category.fAllowPublicSubmit))
    throw refused(failing, 'xCategory is not valid');
  return category;
}

/** The id of something that is there, or undefined where none came. @throws {Refusal} `failing` */
export function knownId(
  parameters: Parameters,
  name: string,
  ids: readonly number[],
  failing: ErrorId,
): number | undefined {
  if (textOf(parameters, name) === '') return undefined;
  const id = numberOf(parameters, name);
  if (id === undefined || !ids.includes(id)) throw refused(failing, `${name} is not valid`);
  return id;
}

/** Staff who are still there. */
export function activeIds({ staff }: HelpSpotData): readonly number[] {
  return staff.flatMap(({ fDeleted, xPerson }) => (fDeleted ? [] : [xPerson]));
}

/** Yes, no, or nothing came. */
export function flagOf(parameters: Parameters, name: string): boolean | undefined {
  const text = textOf(parameters, name);
  return text === '' ? undefined : text !== '0';
}

/** The reporting tags that came and that a category has; undefined where none came. */
export function tagsOf({ categories }: HelpSpotData, parameters: Parameters): number[] | undefined {
  const given = givenText(parameters, 'reportingTags');
  if (given === undefined) return undefined;
  const known = new Set(categories.flatMap(({ reportingTags }) => reportingTags.map((tag) => tag.xReportingTag)));
  return partsOf(given)
    .map(Number)
    .filter((id) => known.has(id));
}

/** The parts of a list with commas. */
export function partsOf(list: string): readonly string[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** File1 to File9, as far as a name and a body came. PHP decodes base64 without looking twice, and so does this. */
export function filesOf(data: HelpSpotData, parameters: Parameters): StoredFile[] {
  const files: StoredFile[] = [];
  for (let number = 1; number <= MOST_FILES; number += 1) {
    const sFilename = textOf(parameters, `File${number}_sFilename`);
    const body = givenText(parameters, `File${number}_bFileBody`);
    if (sFilename === '' || body === undefined) continue;
    const sFileMimeType = textOf(parameters, `File${number}_sFileMimeType`);
    files.push({ xDocumentId: nextId(data), sFilename, sFileMimeType, body: Buffer.from(body, 'base64') });
  }
  return files;
}
