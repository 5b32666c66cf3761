/** The time tracker, and who follows a request (manual, chapter 4.5). */
import { type Content, fields, list } from './answer.ts';
import { type Methods, type PrivateCall, requestOf, requestToChange, sees, wrote } from './call.ts';
import { nextId, nowSeconds, type StoredRequest, type TimeEvent } from './data.ts';
import { refused } from './failures.ts';
import { addedInWords, dateInWords, momentInWords } from './moments.ts';
import { customOf, numberOf, type Parameters, textOf } from './parameters.ts';
import { tellingOf } from './reading.ts';
import { personValue } from './request-words.ts';
import { activeIds, flagOf, knownId } from './writing-rules.ts';

const THIRTY_DAYS = 30 * 86_400;
const HOUR = 3_600;
const MINUTE = 60;

/** See the file. */
export const TIME_EVENTS: Methods<PrivateCall> = {
  'private.request.addTimeEvent': {
    http: 'POST',
    required: ['xRequest', 'xPerson', 'iMonth', 'iDay', 'iYear', 'tDescription', 'tTime'],
    answer(call) {
      const { house, parameters, person } = call;
      const { xRequest } = requestToChange(call);
      if (!person.mayWrite) throw refused(209);
      const event: TimeEvent = {
        xTimeId: nextId(house.data),
        xRequest,
        xPerson: knownId(parameters, 'xPerson', activeIds(house.data), 209) ?? 0,
        iSeconds: secondsOf(textOf(parameters, 'tTime')),
        dtGMTDate: dayOf(parameters),
        dtGMTDateAdded: numberOf(parameters, 'dtGMTDateAdded') ?? nowSeconds(),
        tDescription: textOf(parameters, 'tDescription'),
        fBillable: flagOf(parameters, 'fBillable') ?? false,
      };
      house.data.timeEvents.push(event);
      wrote(call, xRequest);
      return { root: 'results', content: fields({ xTimeId: event.xTimeId }) };
    },
  },

  'private.request.getTimeEvents': {
    http: 'GET',
    required: ['xRequest'],
    answer(call) {
      const { xRequest } = requestOf(call);
      const events = call.house.data.timeEvents.filter((event) => event.xRequest === xRequest);
      const added = (seconds: number) => momentInWords(seconds, call.house.data.timeZone);
      return { root: 'time_events', content: [list('event', events.map(eventContent(call, added)))] };
    },
  },

  'private.timetracker.search': { http: 'GET', answer: timetrackerSearch },

  'private.request.subscriptions': {
    http: 'GET',
    required: ['xPerson'],
    answer({ house, parameters }) {
      const xPerson = numberOf(parameters, 'xPerson');
      const own = house.data.subscriptions.filter((one) => one.xPerson === xPerson);
      const contents = own.map(({ xRequest, xSubscriptions }) => fields({ xRequest, xSubscriptions }));
      return { root: 'subscriptions', content: [list('request', contents)] };
    },
  },

  'private.request.subscribe': subscription('subscribed'),
  'private.request.unsubscribe': subscription('unsubscribed'),
};

/** Answers with the id of the staff member, as the examples do. Twice is as good as once: the manual does not say. */
function subscription(done: 'subscribed' | 'unsubscribed'): Methods<PrivateCall>[string] {
  return {
    http: 'POST',
    required: ['xRequest', 'xPerson'],
    answer(call) {
      const { data } = call.house;
      const { xRequest } = requestToChange(call);
      // No error of the table fits a staff member who is not there.
      const xPerson = knownId(call.parameters, 'xPerson', activeIds(data), 210) ?? 0;
      data.subscriptions = data.subscriptions.filter((one) => one.xRequest !== xRequest || one.xPerson !== xPerson);
      if (done === 'subscribed') data.subscriptions.push({ xSubscriptions: nextId(data), xRequest, xPerson });
      wrote(call, xRequest);
      return { root: 'results', content: fields({ [done]: xPerson }) };
    },
  };
}

/** "2 formats are supported": 2:15 and 2.5. @throws {Refusal} 209 */
function secondsOf(tTime: string): number {
  const [, hours, minutes] = /^(\d{1,4}):([0-5]?\d)$/.exec(tTime) ?? [];
  if (hours !== undefined && minutes !== undefined) return Number(hours) * HOUR + Number(minutes) * MINUTE;
  if (!/^\d{1,4}(\.\d{1,4})?$/.test(tTime)) throw refused(209);
  return Math.round(Number(tTime) * HOUR);
}

/** Noon of the day, which is that day in most places. @throws {Refusal} 209 for a day that is none */
function dayOf(parameters: Parameters): number {
  const [year = 0, month = 0, day = 0] = ['iYear', 'iMonth', 'iDay'].map((name) => numberOf(parameters, name));
  const date = new Date(Date.UTC(year, month - 1, day, 12));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || year < 1970) throw refused(209);
  return date.getTime() / 1_000;
}

function eventContent(call: PrivateCall, added: (seconds: number) => string) {
  const telling = tellingOf(call);
  const { timeZone } = call.house.data;
  return ({ xTimeId, xRequest, xPerson, iSeconds, dtGMTDate, dtGMTDateAdded, tDescription }: TimeEvent) =>
    fields({
      ...{ xTimeId, xRequest, xPerson: personValue(telling, xPerson), iSeconds },
      dtGMTDate: telling.raw ? dtGMTDate : dateInWords(dtGMTDate, timeZone),
      dtGMTDateAdded: telling.raw ? dtGMTDateAdded : added(dtGMTDateAdded),
      tDescription,
    });
}

const TEXTS = ['sUserId', 'sEmail', 'sFirstName', 'sLastName'] as const;
const NUMBERS = ['xStatus', 'fOpenedVia', 'xCategory', 'xPersonAssignedTo', 'xPersonOpenedBy'] as const;

function timetrackerSearch(call: PrivateCall) {
  const { house, parameters, person } = call;
  const { data } = house;
  const end = numberOf(parameters, 'end_time') ?? nowSeconds();
  const begin = numberOf(parameters, 'start_time') ?? nowSeconds() - THIRTY_DAYS;
  const found = data.timeEvents.flatMap((event) => {
    const request = data.requests.find(({ xRequest }) => xRequest === event.xRequest);
    const isMeant = request !== undefined && sees(person, request) && isOf(request, parameters);
    return isMeant && event.dtGMTDate >= begin && event.dtGMTDate <= end ? [{ event, request }] : [];
  });
  const by = textOf(parameters, 'orderBy') || 'dtGMTDate';
  const upwards = found.toSorted((one, other) => compared(Object(one.event)[by], Object(other.event)[by]));
  const shown = textOf(parameters, 'orderByDir') === 'asc' ? upwards : upwards.toReversed();
  const told = eventContent(call, (seconds) => addedInWords(seconds, data.timeZone));
  const contents = shown.map(({ event, request }): Content => {
    const { sUserId, sFirstName, sLastName, sEmail } = request;
    return [...told(event), ...fields({ sUserId, sFirstName, sLastName, sEmail })];
  });
  return { root: 'time_events', content: [list('event', contents)] };
}

function isOf(request: StoredRequest, parameters: Parameters): boolean {
  const asked = (name: string) => textOf(parameters, name);
  const same = (one: unknown, other: string) => other === '' || String(one).toLowerCase() === other.toLowerCase();
  return (
    [...TEXTS, ...NUMBERS].every((name) => same(request[name], asked(name))) &&
    (['fOpen', 'fUrgent'] as const).every((name) => same(request[name] ? 1 : 0, asked(name))) &&
    same(request.xOpenedViaId, asked('xMailbox')) &&
    Array.from(customOf(parameters)).every(([id, value]) => same(request.custom.get(id) ?? '', value))
  );
}

function compared(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one) < String(other) ? -1 : 1;
}
