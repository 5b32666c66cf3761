/**
 * The tags of HelpSpot's email parser, `##hs_customer_id:589GK42##` (manual, chapter 5): HelpSpot takes them out of a
 * mail and fills a request with them. A tag in a customer's text would do the same, so none may get through.
 */
import { fillTemplate } from '../../src/contract/index.ts';
import { type FIELD_TYPES, tagValue, type ValueForm } from './tag-values.ts';

/** The names of the tags, without `hs_`. */
export const TAG_NAMES =
  /^(?:forward|customer_id|customer_firstname|customer_lastname|customer_phone|customer_email|request_id|category|assigned_to|custom\d{1,6})$/;

/** A tag as an administrator writes it: a template, a fixed number, a tick, or a template with the type of its field. */
export type TagSetting = string | number | boolean | { readonly value: string; readonly type: FieldType };
type FieldType = (typeof FIELD_TYPES)[number];

/** The setting: false for no tags, true for those of the customer, a map for more beside them. */
export type TagSettings = boolean | Readonly<Record<string, TagSetting>>;

/** What `helpSpotTags: true` writes. */
const CUSTOMER: Readonly<Record<string, TagSetting>> = {
  customer_id: '{{sUserId}}',
  customer_firstname: '{{sFirstName}}',
  customer_lastname: '{{sLastName}}',
  customer_phone: '{{sPhone}}',
  customer_email: '{{sEmail}}',
};

const FORMS: Readonly<Record<string, ValueForm>> = {
  customer_id: 'whole',
  customer_phone: 'whole',
  customer_email: 'whole',
  request_id: 'number',
  category: 'number',
  assigned_to: 'number',
};

/** "This tag may also be used in the email subject line." */
const FORWARD = '##forward:true##';

/** The parser looks for these words after two number signs; no case is promised, so none is relied on. */
const OPENING = /##(?=\s*(?:hs_|forward\s*:))/gi;

/** A text in which the parser finds no tag: `##hs_category:6##` becomes `# #hs_category:6##`. */
export function withoutTags(text: string): string {
  return text.replace(OPENING, '# #');
}

/** The tags of one mail. */
export interface Tags {
  /** Their lines; empty when nothing is to be said. */
  readonly lines: string;
  /** What stands behind the subject. */
  readonly inSubject: string;
  /** What is not as it was given, without its value: `hs_custom3 is cut to 255 characters`. */
  readonly problems: readonly string[];
}

/** @param values the places of the templates */
export function tagsOf(setting: TagSettings, values: Readonly<Record<string, string>>): Tags {
  if (setting === false) return { lines: '', inSubject: '', problems: [] };
  const { forward, ...given } = setting === true ? CUSTOMER : { ...CUSTOMER, ...setting };
  const tags = Object.entries(given).map(([name, one]) => {
    const { template, form } = readTag(name, one);
    return {
      name,
      ...tagValue(
        fillTemplate(template, (place) => values[place] ?? ''),
        form,
      ),
    };
  });
  const lines = tags.filter(({ text }) => text !== '').map(({ name, text }) => `##hs_${name}:${text}##\n`);
  return {
    lines: [...(forward === true ? [`${FORWARD}\n`] : []), ...lines].join(''),
    inSubject: forward === 'subject' ? ` ${FORWARD}` : '',
    problems: tags.flatMap(({ name, problem }) => (problem === undefined ? [] : [`hs_${name} ${problem}`])),
  };
}

/** What is wrong with a tag, whatever is pushed; undefined when nothing is. */
export function mistakeIn(name: string, setting: TagSetting): string | undefined {
  if (name === 'forward') {
    const isKnown = typeof setting === 'boolean' || setting === 'subject';
    return isKnown ? undefined : 'is no template; write true, or subject for a tag in the subject';
  }
  const isCustom = name.startsWith('custom') && !name.startsWith('customer');
  if (typeof setting === 'boolean' && !isCustom) return 'takes a text; write a template';
  if (typeof setting === 'object' && !isCustom) return 'has no type; write only the template';
  const { template, form } = readTag(name, setting);
  if (template.includes('{{')) return undefined;
  const { problem } = tagValue(template, form);
  return problem && `has a fixed value that HelpSpot cannot take: it ${problem.replace('is left out: it ', '')}`;
}

function readTag(name: string, setting: TagSetting): { readonly template: string; readonly form: ValueForm } {
  if (typeof setting === 'object') return { template: setting.value, form: setting.type };
  if (typeof setting === 'boolean') return { template: setting ? '1' : '0', form: 'checkbox' };
  return { template: String(setting), form: FORMS[name] ?? 'text' };
}
