/** Custom fields: Jira says what type each of them has, and a text becomes a value of that type. */
import { type CallContext, SourceError } from '../../src/contract/index.ts';
import { namesIn, shortLine, shortText } from '../../src/kit/text/index.ts';
import { type IssueFields, longText, type TextSettings } from './issue.ts';
import type { Jira } from './server.ts';
import { legalLine, legalText } from './text.ts';
import { dateOf, dateTimeOf, numberOf, unfit, userOf } from './values.ts';
import type { FieldSchema } from './wire.ts';

/** An administrator changes types rarely, and adds fields now and then: an unknown one is asked for at once. */
const KEPT_MS = 600_000;
/** Of a field with one line. */
const LONGEST_LINE = 255;

/** The custom fields of a Jira. */
export class CustomFields {
  readonly #jira: Jira;
  readonly #settings: TextSettings;
  #known: ReadonlyMap<string, FieldSchema> = new Map();
  #until = 0;

  constructor(jira: Jira, settings: TextSettings) {
    this.#jira = jira;
    this.#settings = settings;
  }

  /** @throws {SourceError} `rejected` for a field that Jira has not, or a value that it cannot have */
  async valuesOf(given: Readonly<Record<string, string>>, context: CallContext): Promise<IssueFields> {
    const names = Object.keys(given);
    if (performance.now() > this.#until || names.some((name) => !this.#known.has(name))) {
      this.#known = await this.#jira.fields(context);
      this.#until = performance.now() + KEPT_MS;
    }
    return Object.fromEntries(names.map((name) => [name, this.#valueOf(name, given[name] ?? '')]));
  }

  #valueOf(name: string, text: string): unknown {
    const schema = this.#known.get(name);
    if (schema === undefined) {
      throw new SourceError('rejected', `Jira has no field ${name}, or does not show it to this account`, {
        unsent: true,
        remedy: 'the number of a custom field stands in the address of its page in the administration',
      });
    }
    const { type, items = 'string', custom = '' } = schema;
    if (type === 'string' && custom.endsWith(':textarea')) {
      return longText(shortText(legalText(text).trim(), this.#settings.longestDescription), this.#settings);
    }
    const line = legalLine(text);
    return type === 'array'
      ? namesIn(line).map((item) => this.#single(name, items, item))
      : this.#single(name, type, line);
  }

  /** https://developer.atlassian.com/server/jira/platform/jira-rest-api-examples/#creating-an-issue-using-custom-fields */
  #single(name: string, type: string, text: string): unknown {
    switch (type) {
      case 'string':
      case 'any':
        return shortLine(text, LONGEST_LINE);
      case 'number':
        return numberOf(text, name);
      case 'date':
        return dateOf(text, name);
      case 'datetime':
        return dateTimeOf(text, name);
      case 'option':
        return { value: text };
      case 'option-with-child':
        return cascade(text);
      case 'user':
        return userOf(text, this.#settings.edition);
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
}

/** HelpSpot writes a drill-down field `Boston#-#8th`. */
function cascade(text: string): object {
  const [value = '', child] = text.split('#-#').map((part) => part.trim());
  return child === undefined || child === '' ? { value } : { value, child: { value: child } };
}
