/** Which request answers a question, and with which values. */
import { type FindQuery, kindByName, type SourceField, UserError } from '../../src/contract/index.ts';
import { fieldsKey, stepKey } from '../../src/kit/sql/index.ts';
import { bodiesOf, RequestTemplate, UrlTemplate, type Values } from '../../src/kit/web/index.ts';
import { SINCE } from './list-settings.ts';
import type { Paging } from './paging-settings.ts';
import type { RequestSet } from './request-settings.ts';
import type { Settings } from './settings.ts';

/** One way to ask. */
export interface Plan {
  readonly method: 'GET' | 'POST';
  readonly template: RequestTemplate;
  readonly records: string | undefined;
  readonly paging: Paging | undefined;
  /** Statuses that mean that nobody was found. */
  readonly notFound: readonly number[];
}

/** What HelpSpot sends about the customer with every call, whatever is looked for. */
const CUSTOMER = ['customer_id', 'first_name', 'last_name', 'email', 'phone'];
const PARAMETER = 'parameter.';

/** The requests of a source. */
export class Requests {
  readonly #name: string;
  readonly #settings: Settings;
  readonly #usual: Plan;
  readonly #bySteps: ReadonlyMap<string, Plan>;
  readonly #list: Plan | undefined;
  /** Names that mean what is looked for, and never just what HelpSpot sent. */
  readonly #searchable: ReadonlySet<string>;

  /** @throws {UserError} for an address that is none */
  constructor(settings: Settings, sourceName: string) {
    const { url, queries, list, fields = {} } = settings;
    const usual = new UrlTemplate(url);
    this.#name = sourceName;
    this.#settings = settings;
    this.#usual = planOf(settings, settings, usual);
    const planned = (set: RequestSet) =>
      planOf(set, settings, set.url === undefined ? usual : new UrlTemplate(set.url, usual.origin));
    this.#bySteps = new Map(Object.entries(queries).map(([step, set]) => [stepKey(step), planned(set)]));
    this.#list = list === undefined ? undefined : planned(list);
    const inKeys = [...this.#bySteps.keys()].flatMap((key) => key.split(','));
    this.#searchable = new Set([...CUSTOMER, ...Object.keys(fields), ...inKeys]);
  }

  /** The source's own request, and those of its match steps. */
  get plans(): readonly Plan[] {
    const isUsed = this.#bySteps.size === 0 || this.#searches(this.#usual);
    return [...(isUsed ? [this.#usual] : []), ...this.#bySteps.values()];
  }

  /** Every other origin than the address's own is another system. @throws {UserError} */
  refuseOtherOrigins(): void {
    const { origin } = this.#usual.template.url;
    const plans = [...this.plans, ...(this.#list === undefined ? [] : [this.#list])];
    const other = plans.find(({ template }) => template.url.origin !== origin);
    if (other !== undefined) {
      const where = other.template.url.origin;
      throw new UserError(`The source ${this.#name} asks ${origin} and ${where}; make a source for each`);
    }
  }

  /** Whether the request for everybody can ask for what changed. */
  get listsChanges(): boolean {
    return this.#list?.template.places.has(SINCE) ?? false;
  }

  /** The request for everybody: `list`, or the source's own where it has no places. @throws {UserError} when it has */
  get listPlan(): Plan {
    const [place] = this.#usual.template.places;
    if (this.#list !== undefined) return this.#list;
    if (place === undefined) return this.#usual;
    throw new UserError(
      `The source ${this.#name} cannot be listed: its request has {{${place}}}, and nobody is looked for; write the ` +
        `request that gives everybody, such as list: { query: { updated_since: "{{${SINCE}}}" } }`,
    );
  }

  /** @throws {UserError} when no request looks for this */
  planFor({ criteria }: FindQuery): Plan {
    const plan = this.#bySteps.get(fieldsKey(criteria.map(({ field }) => field))) ?? this.#usual;
    const { places, url } = plan.template;
    const asked = criteria.filter(({ field }) => places.has(field));
    const unasked = criteria.find(({ field }) => !places.has(field) && !this.isVerified(field));
    const isList = !this.#searches(plan) && this.#bySteps.size === 0;
    if (criteria.length > 0 && asked.length === 0 && !isList) {
      throw this.#cannotFind(criteria.map(({ field }) => field));
    }
    if (unasked !== undefined) throw this.#cannotFind([unasked.field]);
    const missing = url.pathPlaces.find(
      (name) => this.#searchable.has(name) && !criteria.some(({ field }) => field === name),
    );
    if (missing !== undefined) throw this.#noAddress(missing);
    return plan;
  }

  /** The criterion's value where that is looked for; else what HelpSpot sent. `parameter.email` is always what it sent. */
  valuesFor({ criteria, parameters }: FindQuery): Values {
    const searched = new Map(criteria.map(({ field, value }) => [field, value.trim()]));
    const sent = (name: string) => (Object.hasOwn(parameters, name) ? parameters[name] : undefined);
    return (name) => {
      if (name.startsWith(PARAMETER)) return sent(name.slice(PARAMETER.length));
      return searched.get(name) ?? (this.#searchable.has(name) ? undefined : sent(name));
    };
  }

  /** The parameters of HelpSpot that the requests have places for; more than are read, as some mean what is looked for. */
  get parameters(): readonly string[] {
    const names = this.plans.flatMap(({ template }) => [...template.places]);
    return names.map((name) => (name.startsWith(PARAMETER) ? name.slice(PARAMETER.length) : name));
  }

  /** Values of somebody who does not exist. */
  probeFor({ template }: Plan): Values {
    const inPath = new Set(template.url.pathPlaces);
    return (name) => (this.#searchable.has(name) || inPath.has(name) ? probeValue(name) : undefined);
  }

  /** Whether what comes back is compared with what was looked for in this field. */
  isVerified(field: string): boolean {
    const { verify, fields } = this.#settings;
    const isKnown = fields === undefined || Object.hasOwn(fields, field);
    return isKnown && (typeof verify === 'boolean' ? verify : verify.includes(field));
  }

  /**
   * The fields of the source; undefined where only its answers would tell. One that no request has a place for can narrow
   * what others find, and is not searchable by itself.
   */
  get fields(): readonly SourceField[] | undefined {
    const { fields, dates } = this.#settings;
    if (fields === undefined) return undefined;
    const isList = this.#bySteps.size === 0 && !this.#searches(this.#usual);
    const asked = new Set(this.plans.flatMap(({ template }) => [...template.places]));
    const shown = Object.keys(fields).map((name): SourceField => {
      const isSearched = isList || asked.has(name);
      return { name, ...(dates.includes(name) && { kind: 'date' }), ...(isSearched ? {} : { searchable: [] }) };
    });
    const others = [...this.#searchable].filter((name) => asked.has(name) && !Object.hasOwn(fields, name));
    return [...shown, ...others.map((name): SourceField => ({ name, shown: false }))];
  }

  /** Whether a request looks for anybody; otherwise it is a list, and the gateway looks in it. */
  #searches({ template }: Plan): boolean {
    return [...template.places].some((name) => this.#searchable.has(name));
  }

  #cannotFind(fields: readonly string[]): UserError {
    const [first = ''] = fields;
    return new UserError(
      `The source ${this.#name} cannot look for ${fields.join(' and ')}: no part of its request has {{${first}}}; ` +
        `add it, or a request under queries: with the key "${fieldsKey(fields)}", or take the step out of the lookup`,
    );
  }

  #noAddress(missing: string): UserError {
    return new UserError(
      `The source ${this.#name} has {{${missing}}} in its address, which this question does not look for; ` +
        'add a request for it under queries:, or take the step out of the lookup',
    );
  }
}

function planOf(set: RequestSet, { headers, records, paging, notFound }: Settings, url: UrlTemplate): Plan {
  const template = new RequestTemplate(url, { ...set, headers: { ...headers, ...set.headers } });
  return {
    method: set.method ?? (bodiesOf(set).length === 0 ? 'GET' : 'POST'),
    template,
    // Another address answers in its own way.
    records: set.url === undefined ? (set.records ?? records) : set.records,
    paging: set.url === undefined ? (set.paging ?? paging) : set.paging,
    notFound: notFound ?? (url.pathPlaces.length > 0 ? [404] : []),
  };
}

function probeValue(name: string): string {
  if (/mail/i.test(name)) return 'helpspot-gateway-check@example.com';
  return /id$|number/i.test(name) || kindByName(name) === 'phone' ? '0' : 'helpspot-gateway-check';
}
