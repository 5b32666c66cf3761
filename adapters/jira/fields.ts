/** Custom fields: Jira says what type each of them has, and a text becomes a value of that type. */
import { type CallContext, SourceError } from '../../src/contract/index.ts';
import { namesIn, shortLine, shortText } from '../../src/kit/text/index.ts';
import { dateOf, longText, type TextSettings, timeIn, unfit, userOf } from './issue.ts';
import type { FieldSchema, IssueFields, Jira } from './server.ts';
import { legalLine, legalText } from './text.ts';

/** An administrator changes types rarely, and adds fields now and then: an unknown one is asked for at once. */
const KEPT_MS = 600_000;
/** Of a field with one line. */
const LONGEST_LINE = 255;

/** Writes custom fields. @throws {SourceError} `rejected` for a field that Jira has not, or a value that it cannot have */
export type ValuesOf = (given: Readonly<Record<string, string>>, context: CallContext) => Promise<IssueFields>;

/** The custom fields of a Jira. */
export function customFields(jira: Jira, settings: TextSettings): ValuesOf {
  let known: ReadonlyMap<string, FieldSchema> = new Map();
  let until = 0;
  return async (given, context) => {
    if (performance.now() > until || Object.keys(given).some((name) => !known.has(name))) {
      known = await jira.fields(context);
      until = performance.now() + KEPT_MS;
    }
    const values = Object.entries(given).map(([name, text]) => [name, ownValue(name, text, known.get(name), settings)]);
    return Object.fromEntries(values);
  };
}

function ownValue(name: string, text: string, schema: FieldSchema | undefined, settings: TextSettings): unknown {
  if (schema === undefined) {
    throw new SourceError('rejected', `Jira has no field ${name}, or does not show it to this account`, {
      unsent: true,
      remedy: 'the number of a custom field stands in the address of its page in the administration',
    });
  }
  const { type, items = 'string', custom = '' } = schema;
  if (type === 'string' && custom.endsWith(':textarea')) {
    return longText(shortText(legalText(text).trim(), settings.longestDescription), settings);
  }
  const line = legalLine(text);
  const single = (text: string, type: string) => singleValue(name, type, text, settings.edition);
  return type === 'array' ? namesIn(line).map((item) => single(item, items)) : single(line, type);
}

/** https://developer.atlassian.com/server/jira/platform/jira-rest-api-examples/#creating-an-issue-using-custom-fields */
function singleValue(name: string, type: string, text: string, edition: TextSettings['edition']): unknown {
  switch (type) {
    case 'string':
    case 'any':
      return shortLine(text, LONGEST_LINE);
    case 'number':
      if (/^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return Number(text);
      throw unfit(name, text, 'a number');
    case 'date':
      return dateOf(text, name);
    case 'datetime':
      // `2026-11-21T09:30:00.000+0000`, which every edition reads.
      return timeIn(text, name).toISOString().replace('Z', '+0000');
    case 'option':
      return { value: text };
    case 'option-with-child':
      return cascade(text);
    case 'user':
      return userOf(text, edition);
    case 'group':
    case 'version':
    case 'component':
      return { name: text };
    case 'project':
      return { key: text };
    default:
      throw unfit(name, text, `a value of the type ${type}, which cannot be pushed`);
  }
}

/** HelpSpot writes a drill-down field `Boston#-#8th`. */
function cascade(text: string): object {
  const [value = '', child] = text.split('#-#').map((part) => part.trim());
  return child === undefined || child === '' ? { value } : { value, child: { value: child } };
}
