/** The person whom a push is about, and whether somebody in Highrise is that person. */
import {
  comparedForms,
  emailForm,
  type Kind,
  type PushRequest,
  SourceError,
  valueMeets,
} from '../../src/contract/index.ts';
import type { XmlContent, XmlNode } from '../../src/kit/http/index.ts';
import { namesIn, someOf } from '../../src/kit/text/index.ts';
import type { Person } from './person.ts';
import { fullName } from './record.ts';
import { cutText, plain } from './text.ts';

/** The push target's own fields; custom fields of the settings come on top. */
export const FIELDS = {
  first_name: "the person's first name; left out: the customer's (sFirstName)",
  last_name: "the person's last name; left out: the customer's (sLastName)",
  email: "the e-mail address, by which the person is found; left out: the customer's (sEmail)",
  phone: "the telephone number; left out: the customer's (sPhone)",
  company: 'the name of the company; Highrise makes it unless there is one',
  title: "the person's title: CEO",
  tags: 'tags, with commas between them; somebody who is there already gets them too',
  background: 'the background of a new person; left out: what the staff member wrote when pushing',
  visible_to: 'who sees a new person and the note: Everyone, Owner or NamedGroup; left out: Everyone',
  group: 'the number of the group, with visible_to NamedGroup',
} as const;

/** https://github.com/basecamp/highrise-api/blob/master/sections/data_reference.md */
export interface Visibility {
  readonly to: 'Everyone' | 'Owner' | 'NamedGroup' | undefined;
  readonly group: string | undefined;
}

/** A person as the push describes them. Pushes with the same `key` are about the same person. */
export type Wanted = ReturnType<typeof wantedPerson>;

// Undocumented; a text column of Rails holds so much. What is in front of it is cut in good order.
const LONGEST_LINE = 255;
const LONGEST_TEXT = 15_000;

/**
 * @param isMarked whether the background of a new person ends with the reference of the push, see {@link isMadeBy}
 * @throws {SourceError} `rejected` when there is nobody, or a field that Highrise cannot take
 */
export function wantedPerson(request: PushRequest, isMarked = false) {
  const { fields, values } = request;
  const line = (text: string | undefined) => cutText(plain(text ?? '').replace(/\s+/g, ' '), LONGEST_LINE) || undefined;
  const field = (name: keyof typeof FIELDS, fallback = '') => line(fields[name]) ?? line(values[fallback]);
  const email = emailIn(field('email', 'sEmail'));
  const phone = field('phone', 'sPhone');
  const company = field('company');
  const [first, last] = [field('first_name', 'sFirstName'), field('last_name', 'sLastName')];
  // Highrise wants a first name.
  const firstName = first ?? last ?? email?.split('@')[0] ?? phone;
  if (firstName === undefined) {
    throw new SourceError('rejected', 'the request has neither a name, an e-mail address nor a telephone number', {
      unsent: true,
      remedy: 'fill first_name, last_name, email or phone under fields of the push target',
    });
  }
  const lastName = first === undefined ? undefined : last;
  const isKnownByName = email === undefined && company === undefined && phone === undefined;
  const name = formOf('name', fullName({ firstName, lastName }));
  return {
    ...{ firstName, lastName, email, phone, company },
    title: field('title'),
    background: backgroundOf(request, isKnownByName, isMarked),
    /** What any push of the same request writes. */
    unmarkedBackground: backgroundOf(request, isKnownByName, false),
    tags: tagsOf(fields['tags'] ?? ''),
    visibility: visibilityOf(line(fields['visible_to']), line(fields['group'])),
    key: email === undefined ? `${name}\n${formOf('text', company)}` : emailForm(email),
  };
}

/** Fields, custom ones too, of which Highrise gets only the beginning. */
export function cutFields({ fields }: PushRequest): readonly string[] {
  return Object.keys(fields).filter((name) => {
    const text = plain(fields[name] ?? '');
    const parts = name === 'tags' ? namesIn(text) : [text];
    return parts.some((part) => Array.from(part).length > (name === 'background' ? LONGEST_TEXT : LONGEST_LINE));
  });
}

/** Of somebody with nothing but a name it says of which request they are, as nothing else would tell them from others. */
function backgroundOf(request: PushRequest, isKnownByName: boolean, isMarked: boolean): string | undefined {
  const { fields, values, link, reference } = request;
  const given = cutText(plain(fields['background'] ?? values['staff_comment'] ?? ''), LONGEST_TEXT);
  const origin = link === undefined ? reference : `${link.text}: ${link.href}`;
  const ends = [...(isKnownByName && !given.includes(origin) ? [origin] : []), ...(isMarked ? [reference] : [])];
  return [...new Set([given, ...ends])].filter((part) => part !== '').join('\n\n') || undefined;
}

/** Whether this very push made the person: their background has its reference, as long as nobody takes it out. */
export function isMadeBy({ background = '' }: Pick<Person, 'background'>, reference: string): boolean {
  return hasReference(background, reference);
}

/** Whether a text has this reference in it, and not only one that begins with it. */
export function hasReference(text: string, reference: string): boolean {
  return text.split(/[^A-Za-z0-9-]+/).includes(reference);
}

/** Whether two names of companies are the same, as Highrise looks a company up by its name. */
export function isCompany(one: string | undefined, other: string): boolean {
  return isSameValue('text', one, other);
}

/**
 * Whether this is the person. By e-mail address where there is one; otherwise the name must be the same, and the company
 * or the telephone number; and where there is nothing but a name, everything must be as this very push would have made it.
 */
export function isSame(person: Person, wanted: Wanted): boolean {
  const { email, phone, company } = wanted;
  if (email !== undefined) return person.emails.some((one) => emailForm(one) === emailForm(email));
  if (!isSameValue('name', fullName(person), fullName(wanted))) return false;
  if (company !== undefined) return isCompany(person.company, company);
  if (phone !== undefined) return person.phones.some((one) => isSameValue('phone', one, phone));
  return (
    person.emails.length === 0 &&
    person.phones.length === 0 &&
    wanted.unmarkedBackground !== undefined &&
    [person.background, unmarked(person.background)].some((one) => isSameLine(one, wanted.unmarkedBackground))
  );
}

function isSameLine(one: string | undefined, other: string | undefined): boolean {
  return isSameValue('text', one?.replace(/\s+/g, ' '), other?.replace(/\s+/g, ' '));
}

/** Without the reference of a push at its end. */
function unmarked(background: string | undefined): string | undefined {
  const words = background?.trim().split(/\s+/) ?? [];
  return /^hs-[\w-]{10,60}$/.test(words.at(-1) ?? '') ? words.slice(0, -1).join(' ') : background;
}

function isSameValue(kind: Kind, one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return valueMeets(one, { field: kind, kind, match: 'exact', value: other });
}

/** A form in which the same values are alike; '' for none. */
function formOf(kind: Kind, text: string | undefined): string {
  return text === undefined ? '' : (comparedForms(kind, text, 'sought').at(-1) ?? '');
}

/**
 * The body of `POST /people.xml`: https://github.com/basecamp/highrise-api/blob/master/sections/people.md, "Create person".
 * @param custom id of a custom field → value
 */
export function newPerson(wanted: Wanted, custom: ReadonlyMap<string, string>): XmlNode {
  const { firstName, lastName, title, company, background, email, phone, visibility } = wanted;
  const atWork = (name: string, part: string, value: string | undefined): XmlContent =>
    value === undefined ? undefined : [[name, nodes({ [part]: value, location: 'Work' })]];
  const datas = Array.from(custom, ([id, value]): XmlNode => {
    return ['subject_data', [...nodes({ value }), ['subject_field_id', id, { type: 'integer' }]]];
  });
  const ways = nodes({
    'email-addresses': atWork('email-address', 'address', email),
    'phone-numbers': atWork('phone-number', 'number', phone),
  });
  return [
    'person',
    [
      ...nodes({ 'first-name': firstName, 'last-name': lastName, title, 'company-name': company, background }),
      ...visibilityNodes(visibility),
      ['contact-data', ways],
      ['subject_datas', someOf(datas), { type: 'array' }],
    ],
  ];
}

/** Of a person and of a note alike. */
export function visibilityNodes({ to, group }: Visibility): readonly XmlNode[] {
  return [...nodes({ 'visible-to': to }), ['group-id', group, { type: 'integer' }]];
}

function nodes(contents: Readonly<Record<string, XmlContent>>): readonly XmlNode[] {
  return Object.entries(contents);
}

function visibilityOf(given: string | undefined, group: string | undefined): Visibility {
  if (group !== undefined && !/^\d{1,18}$/.test(group)) {
    throw refusedField('group', "write the group's number, which stands in the address of its page");
  }
  const to = group !== undefined && given === undefined ? 'NamedGroup' : given;
  if (to === undefined) return { to, group };
  const known = (['Everyone', 'Owner', 'NamedGroup'] as const).find((one) => one.toLowerCase() === to.toLowerCase());
  if (known === undefined) throw refusedField('visible_to', 'write Everyone, Owner or NamedGroup');
  if ((known === 'NamedGroup') !== (group !== undefined)) {
    throw refusedField('group', 'it goes with visible_to: NamedGroup, and only with that');
  }
  return { to: known, group };
}

function refusedField(name: string, remedy: string): SourceError {
  return new SourceError('rejected', `the field "${name}" of the push target is not one that Highrise can take`, {
    unsent: true,
    remedy,
  });
}

/** What is no address is left out: Highrise would keep it, and the next push would not find it. */
function emailIn(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= 254 && /^[^\s@"<>(),;:]+@[^\s@"<>(),;:]+$/.test(text) ? text : undefined;
}

function tagsOf(text: string): readonly string[] {
  return [...new Set(namesIn(plain(text)).map((tag) => cutText(tag, LONGEST_LINE)))];
}
