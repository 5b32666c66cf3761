/** Time events as records of a source: private.timetracker.search, and those of one request. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  type Log,
  meets,
  type SourceField,
  type SourceRecord,
} from '../../src/contract/index.ts';
import { type Data, type Forms, fieldsOfForms, SoughtFields } from '../../src/kit/web/index.ts';
import { textAt } from './answer.ts';
import type { Call, HelpSpotApi, Params } from './api.ts';
import { isRefusedAs, NO_SUCH_REQUEST } from './failures.ts';
import type { Names } from './names.ts';
import { CUSTOM, type Naming, numberOf, USUAL_NAMES } from './request.ts';
import { narrowed, ownName } from './search.ts';
import { valuesOf } from './values.ts';

const EVENT: Forms = {
  ...{ xTimeId: 'code', xRequest: 'code', xPerson: 'reference', iSeconds: 'number', fBillable: 'yes' },
  ...{ dtGMTDate: 'moment', dtGMTDateAdded: 'moment', tDescription: 'text' },
  ...{ sUserId: 'code', sFirstName: 'name', sLastName: 'name', sEmail: 'email' },
};
const EXTRA: Forms = { person: 'name', hours: 'number', customer_id: 'code', first_name: 'name', last_name: 'name' };
/** Of the request that they belong to: HelpSpot compares, and does not tell. */
const OF_REQUEST = ['xCategory', 'xStatus', 'xPersonAssignedTo', 'fOpen'];

/** The fields of time events. */
export const TIME_EVENT_FIELDS: readonly SourceField[] = [
  ...fieldsOfForms({ ...EVENT, ...EXTRA, email: 'email' }),
  ...OF_REQUEST.map((name): SourceField => ({ name, searchable: ['exact'], shown: false })),
];

/** Finds time events. */
export class TimeEventFinder {
  readonly #api: HelpSpotApi;
  readonly #names: Names;
  readonly #fields: SoughtFields;

  constructor(api: HelpSpotApi, names: Names, log: Log) {
    this.#api = api;
    this.#names = names;
    this.#fields = new SoughtFields(TIME_EVENT_FIELDS, log, {
      isKnown: (field) => CUSTOM.test(field) || TIME_EVENT_FIELDS.some(({ name }) => name === ownName(field)),
      kindOf: () => undefined,
    });
  }

  /** The newest first. @throws {SourceError} */
  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    const { criteria } = this.#fields.in({ criteria: query.criteria }) ?? {};
    if (criteria === undefined) return [];
    const naming = await this.#names.known(context);
    const calls = callsFor(criteria, naming.customForms);
    const answers = await Promise.all(calls.map((call) => this.#ask(call, context)));
    const events = new Map(answers.flat().map((event) => [textAt(event, 'xTimeId'), event]));
    const records = [...events.values()].map((event) => {
      const record = valuesOf(event, EVENT);
      const person = textAt(event, 'xPerson');
      const usual = Object.entries(USUAL_NAMES).map(([name, own]) => [name, record[own]] as const);
      const hours = typeof record['iSeconds'] === 'number' ? Math.round(record['iSeconds'] / 36) / 100 : undefined;
      const named = person === undefined ? undefined : naming.name('assigned_to', person);
      const entries = [...Object.entries(record), ...usual, ['person', named] as const, ['hours', hours] as const];
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    });
    const byRequest = byRequestIn(criteria);
    const compared = criteria.filter((one) => one !== byRequest && !isOfRequest(one));
    const met = records.filter((record) => compared.every((one) => meets(record, one)));
    return met.toSorted((one, other) => timeOf(other) - timeOf(one)).slice(0, query.limit);
  }

  async #ask(call: Call, context: CallContext): Promise<readonly Data[]> {
    try {
      return await this.#api.askList(call, 'event', context);
    } catch (error) {
      if (isRefusedAs(error, NO_SUCH_REQUEST)) return [];
      throw error;
    }
  }
}

/** HelpSpot gives the time of that request; of one that was merged, that of the other, which has another number. */
function byRequestIn(criteria: readonly Criterion[]): Criterion | undefined {
  return criteria.find(({ field, match }) => field === 'xRequest' && match === 'exact');
}

function callsFor(criteria: readonly Criterion[], customForms: Naming['customForms']): readonly Call[] {
  const root = 'time_events';
  const raw = { fRawValues: 1 };
  const byRequest = byRequestIn(criteria);
  if (byRequest !== undefined) {
    const xRequest = numberOf({ xRequest: byRequest.value });
    const params = { xRequest, ...raw };
    return xRequest === undefined ? [] : [{ method: 'private.request.getTimeEvents', root, params }];
  }
  const knowledge = { phoneFormats: [], customForms, numbersOf: () => [] };
  const exact = criteria.filter(({ match }) => match === 'exact');
  const { questions } = narrowed(exact, [], knowledge);
  return questions.map((question: Params) => ({
    method: 'private.timetracker.search',
    root,
    params: { ...question, ...raw, ...always() },
  }));
}

/** Without a stretch of time HelpSpot gives the last weeks only. Seconds since 1970; time can be entered for tomorrow. */
function always(): Params {
  return { start_time: 1, end_time: Math.ceil(Date.now() / 1000) + 7 * 86_400 };
}

function isOfRequest({ field }: Criterion): boolean {
  return OF_REQUEST.includes(field) || CUSTOM.test(field);
}

function timeOf(record: SourceRecord): number {
  const at = record['dtGMTDate'];
  return at instanceof Date ? at.getTime() : 0;
}
