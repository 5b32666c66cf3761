/** What pages of the console are made of, by what each is given; as `__snapshots__` has it where it is HTML. */
import express, { type Request } from 'express';
import { type ComponentChild, Fragment, h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HelpDeskField } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { IndexPlan, IndexState } from '../../../src/gateway/sources/customer-index.ts';
import type { LookupHour } from '../../../src/gateway/statistics.ts';
import { consolePathOf } from '../../../src/http/console/answers.ts';
import { lookupChart, timesChart } from '../../../src/http/console/charts.ts';
import { cookieOf, cookiesOf, isFromElsewhere } from '../../../src/http/console/cookies.ts';
import { choice, dataTable, seconds, textField, written } from '../../../src/http/console/page.ts';
import { answerFrame } from '../../../src/http/console/pages/answer-frame.ts';
import { pushContent } from '../../../src/http/console/pages/push-content.ts';
import { indexFacts } from '../../../src/http/console/pages/source-index.ts';
import { drawnAnswer } from '../../../src/http/console/pages/trying/answer.ts';
import { drawnOrigins, drawnRecords, drawnSteps } from '../../../src/http/console/pages/trying/explanation.ts';
import { customFieldsFor, formFields, typedIn } from '../../../src/http/console/pages/trying/form.ts';
import { drawnMade } from '../../../src/http/console/pages/trying/made.ts';
import { fieldsOfFilter, queryOfFilter, readPushFilter } from '../../../src/http/console/push-filter.ts';
import { signInForms, signOutLink } from '../../../src/http/console/sign-in-form.ts';
import { de } from '../../../src/http/console/texts/de.ts';
import { en } from '../../../src/http/console/texts/en.ts';
import { textsFor } from '../../../src/http/console/texts/index.ts';
import { recordedLog } from '../../support/log.ts';
import { gatewayPlan } from '../../support/plans.ts';
import { lines, NOW, painter } from './drawn.ts';
import { openIdPlan } from './openid-provider.ts';
import { consoleOfRoles } from './visitor.ts';

const HOUR_MS = 3_600_000;
const gateway = createGateway(gatewayPlan([], {}, { secrets: ['mark-of-a-secret-7Q'] }), { log: recordedLog() });
const visit = painter(gateway).visitOf('', {});

const drawn = (content: ComponentChild): string => lines(renderToString(h(Fragment, null, content)));

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** A request with these headers. */
function requestWith(headers: Readonly<Record<string, string>>, secure = false): Request {
  return Object.create(express.request, { headers: { value: headers }, secure: { value: secure } });
}

describe('texts', () => {
  it.each([
    [undefined, undefined, 'en'],
    ['de', 'en', 'de'],
    ['fr', 'de-AT,en', 'de'],
    [undefined, 'fr, DE;q=0.8,en', 'de'],
    [undefined, ' en-GB , de', 'en'],
    ['constructor', 'constructor', 'en'],
    [undefined, `${'fr,'.repeat(400)}de`, 'en'],
    [undefined, `${'fr,'.repeat(300)}de`, 'de'],
  ])('chosen %s, accepted %s: %s', (chosen, accepted, language) => {
    expect(textsFor(chosen, accepted).language).toBe(language);
  });

  it.each([
    ['en', en],
    ['de', de],
  ])('with places, in %s', (_language, texts) => {
    const filled = Object.entries(texts).flatMap(([name, text]): string[] => {
      if (typeof text === 'string') return [];
      const say = (...values: unknown[]) => String(Reflect.apply(text, undefined, values));
      const odd: Readonly<Record<string, readonly string[]>> = {
        ...{ withinTime: ['1h', '1d', '7d', '30d'], kinds: ['lookup', 'change', 'sign-in', 'odd'] },
        ...{
          outcomes: ['found', 'failed', 'odd'],
          adapterTitle: ['CSV file', 'odd'],
          stepProblem: ['not asked', 'odd'],
        },
        notInserted: ['no such field', 'no checkbox value', 'no time', 'no number', 'no choice'],
        notAllowed: ['viewer', 'operator', 'administrator'],
      };
      if (odd[name] !== undefined) return odd[name].map((value) => `${name}: ${say(value)}`);
      const values = (count: number) => [count, 'B', 'C', 'D'];
      return [`${name}: ${say(...values(1))}`, `${name}: ${say(...values(2))}`];
    });
    expect(filled.join('\n')).toMatchSnapshot();
  });
});

describe('a page', () => {
  it('before and after somebody has signed in', () => {
    const parts = { texts: en, heading: 'Pushes', content: 'content' };
    expect(lines(written(parts))).toMatchSnapshot();
    const navigation = [
      { path: '', heading: 'Overview' },
      { path: 'pushes', heading: 'Pushes' },
    ];
    const signedIn = { user: { name: 'anna', role: 'viewer' as const }, csrf: 'CSRF', navigation, path: 'pushes' };
    expect(lines(written({ ...parts, texts: de, signedIn }))).toMatchSnapshot();
  });

  it('for signing in: by password, at a provider, at both', () => {
    const openid = openIdPlan({ issuer: 'https://id.example' });
    const { users, ...plan } = consoleOfRoles(['viewer']);
    expect(drawn([...signInForms(en, { users, ...plan }, '/console/a?b=c', 'n'.repeat(150))])).toMatchSnapshot();
    const nameless = users.map(({ name, role }) => ({ name, role }));
    expect(drawn([...signInForms(en, { ...plan, users: nameless, openid }, '/console/a?b=c', '')])).toMatchSnapshot();
    const both = drawn([...signInForms(en, { ...plan, users: [...nameless, ...users], openid }, '/console/', 'anna')]);
    expect(both).toMatchSnapshot();
    expect(drawn(signOutLink(en, { ...plan, users, openid }, 'https://id.example/end'))).toMatchSnapshot();
  });

  it('has fields, choices and tables', () => {
    expect(drawn([textField('A', 'a'), textField('B', 'b', 'v', { maxLength: 3 }, 'hint')])).toMatchSnapshot();
    expect(
      drawn(
        choice(
          'C',
          'c',
          [
            ['x', 'X'],
            ['y', 'Y'],
          ],
          'y',
        ),
      ),
    ).toMatchSnapshot();
    expect(drawn(dataTable('T', ['1', '2'], [['a', 'b']]))).toMatchSnapshot();
  });

  it.each([
    [undefined, '–'],
    [0, '0 ms'],
    [0.0126, '13 ms'],
    [0.999, '999 ms'],
    [1, '1.0 s'],
    [12.34, '12.3 s'],
  ])('writes %s seconds as %s', (value, shown) => {
    expect(seconds(value)).toBe(shown);
  });
});

describe('charts', () => {
  const hours = (some: Readonly<Record<number, Partial<LookupHour>>>): LookupHour[] =>
    Array.from({ length: 24 }, (_, at) => ({ at: NOW + at * HOUR_MS, lookups: 0, failed: 0, ...some[at] }));

  it('of lookups: the busiest hour is as high as the drawing', () => {
    expect(
      drawn(lookupChart(hours({ 3: { lookups: 4, failed: 1 }, 20: { lookups: 3 }, 23: { lookups: 4 } }), en)),
    ).toMatchSnapshot();
    expect(drawn(lookupChart(hours({}), en))).toBe('<p>None.</p>');
    expect(drawn(lookupChart([], en))).toBe('<p>None.</p>');
  });

  it('of answer times', () => {
    const none = { calls: 0, failed: 0, p50: undefined, p95: undefined };
    const of = (at: number, more: object) => ({ at: NOW + at * HOUR_MS, ...none, ...more });
    const some = [of(0, {}), of(1, { calls: 3, failed: 1, p50: 1.5, p95: 4.5 }), of(2, { calls: 2, p50: 3, p95: 3 })];
    expect(drawn(timesChart('crm', some, en))).toMatchSnapshot();
    expect(drawn(timesChart('crm', [of(0, { calls: 1, failed: 1 })], en))).toMatchSnapshot();
  });
});

describe('the index of a source', () => {
  const shape = { fields: [], kept: undefined, country: undefined };
  const plan: IndexPlan = {
    ...{
      everyMs: 600_000,
      fullMs: 7_200_000,
      use: 'always',
      miss: 'live',
      updated: undefined,
      keepMs: undefined,
      shape,
    },
  };
  const state: IndexState = {
    ...{ name: 'crm', plan: '', records: 3, leftOut: 0, freshAt: undefined, fullAt: undefined, mark: undefined },
    ...{ run: undefined, held: 0, problem: undefined, ownedUntil: NOW },
  };
  const facts = (one: IndexState | undefined) =>
    drawn(indexFacts(visit, one, plan).map(([name, value]) => [name, ': ', value, '; ']));

  it('is told: not begun, not followed, under way, held', () => {
    expect(facts(undefined)).toBe('State: nothing is there yet; a gateway that serves begins it; ');
    expect(facts(state)).toMatchSnapshot();
    const all: IndexState = {
      ...{
        ...state,
        leftOut: 2,
        freshAt: NOW - 60_000,
        fullAt: NOW - HOUR_MS,
        ownedUntil: NOW + 1,
        held: 7,
        mark: 'm',
      },
      ...{ run: { began: NOW - 1_000, read: 5, changed: 4 }, problem: 'no mark-of-a-secret-7Q', follower: 'other' },
    };
    expect(facts(all)).toMatchSnapshot();
    expect(facts({ ...all, run: { began: NOW } })).toContain('0 read, 0 of them new or changed');
  });
});

describe('frames', () => {
  const heightOf = (html: string) => Number(/height="(\d+)"/.exec(drawn(answerFrame(html, 't')))?.[1]) / 26 - 1;

  it.each([
    ['', 1],
    ['x'.repeat(60), 1],
    ['x'.repeat(61), 2],
    [`<b>${'x'.repeat(61)}</b>`, 2],
    [`<b title="${'x'.repeat(300)}">x</b>`, 1],
    ['a<br>b', 2],
    ['<p>a</p><p>b</p>', 3],
    ['<div>a</div>', 2],
    ['<ul><li>a<li>b</ul>', 3],
    ['<tr><td>a', 3],
    ['<tr><tr>', 4],
    ['<br>'.repeat(15), 16],
    ['<br>'.repeat(100), 16],
    ['x'.repeat(9_000), 16],
  ])('of %j are %i lines high', (html, height) => {
    expect(heightOf(html)).toBe(height);
  });

  it('have marks for what is styled, and no style', () => {
    const styles = ['#b00020', '#8a4b00; white-space: nowrap', '#1b6e2e', '#666666', 'text-align: left'];
    const mark = ' #666666 of the text';
    const html = styles.map((style) => `<i style="color: ${style}">x</i>`).join('') + mark;
    expect(drawn(answerFrame(`${html}<i style="color: red`, 'The title'))).toMatchSnapshot();
  });
});

describe('what is pushed', () => {
  const push = {
    title: 'T',
    body: '',
    fields: {},
    files: [],
    link: undefined,
    format: 'text' as const,
  };

  it('is shown with what there is of it', () => {
    expect(drawn(pushContent(visit, push))).toMatchSnapshot();
    const whole = {
      ...{
        ...push,
        body: '<b>mark-of-a-secret-7Q</b>',
        fields: { a: 'mark-of-a-secret-7Q', b: '' },
        format: 'html' as const,
      },
      ...{
        files: [{ name: 'f.txt', type: '', url: undefined, bytes: undefined }],
        linked: { thing: 'ticket', id: 'T-1' },
      },
      link: { text: 'the request', href: 'https://help.example/1' },
    };
    expect(drawn(pushContent(visit, whole))).toMatchSnapshot();
    expect(drawn(pushContent(visit, { ...push, format: 'html' }))).not.toContain('iframe');
  });

  it('is cut where it is too long for a browser', () => {
    const of = (length: number) => drawn(pushContent(visit, { ...push, body: 'x'.repeat(length) })).length;
    expect(of(200_001)).toBe(of(200_000) + 2);
    expect(of(300_000)).toBe(of(200_001));
  });
});

describe('the answer of a lookup', () => {
  const fields: readonly HelpDeskField[] = [
    { field: 'Custom5', name: 'Until', type: 'date', items: [] },
    { field: 'Custom6', name: 'Seen', type: 'moment', items: [] },
    { field: 'Custom7', name: 'Colour', type: 'choice', items: ['red'] },
  ];
  const known = new Map(fields.map((one) => [one.field, one]));
  const request = { typed: { email: 'old@x.example' }, known, hasInsert: true };
  const drawing = { request, customFields: fields, texts: en };
  const elements = (...customers: Record<string, string>[]) => ({
    ...{ columns: [], places: customers.map((_, at) => at), names: new Map<string, string>(), notices: [] },
    customers: customers.map((one) => new Map(Object.entries(one))),
  });
  const bob = {
    ...{ customer_id: '12', first_name: 'Bob', last_name: 'B', email: 'new@x.example', phone: '1', lookup_notice: 'n' },
    ...{ Custom5: '1772022600', Custom6: '1772022600', Custom7: 'blue', Custom8: '1', admin_link: 'a<br>b &amp; c' },
    ...{ html: '<b>bold</b>', constructor: 'odd' },
  };

  it('is one customer, with what Insert does', () => {
    expect(drawn(drawnAnswer(elements(bob), drawing))).toMatchSnapshot();
    const plain = { request: { typed: {}, known: undefined, hasInsert: false }, customFields: [], texts: en };
    expect(drawn(drawnAnswer({ ...elements(bob), notices: ['one', 'two'] }, plain))).toMatchSnapshot();
    expect(drawn(drawnAnswer(elements(), drawing))).toBe(
      '<div>\n<p class="notice warning" role="status">No customers found</p>\n</div>',
    );
  });

  it('is a table of several, and what opens from each row', () => {
    expect(drawn(drawnAnswer(elements(bob, { email: 'only@x.example' }), drawing))).toMatchSnapshot();
    const some = {
      ...elements({ html: '<b>bold</b> text', Custom5: '1' }, {}),
      columns: ['html', 'Custom5', 'company_name'],
    };
    expect(drawn(drawnAnswer(some, drawing))).toMatchSnapshot();
  });

  it('ends where nobody looks any more', () => {
    const many = (count: number) => drawn(drawnAnswer(elements(...Array(count).fill({ email: 'x' })), drawing));
    const counts = (html: string) => [
      html.match(/<tr>/g)?.length,
      html.match(/<details>/g)?.length,
      html.includes('Only the first 50'),
    ];
    expect(counts(many(50))).toEqual([51, 50, false]);
    expect(counts(many(51))).toEqual([52, 50, true]);
    expect(counts(many(201))).toEqual([201, 50, true]);
    const framed = (count: number, html: string) =>
      drawn(
        drawnAnswer(elements(Object.fromEntries(Array.from({ length: count }, (_, at) => [`e${at}`, html]))), drawing),
      );
    expect(framed(41, '<b>x</b>').match(/<iframe/g)).toHaveLength(40);
    expect(framed(41, '<b>x</b>')).toContain('<dd><span class="lines">x</span></dd>');
    expect(framed(1, `<b></b>${'x'.repeat(99_993)}`)).toContain('<iframe');
    expect(framed(1, `<b></b>${'x'.repeat(99_994)}`)).not.toContain('<iframe');
  });

  it('is explained', () => {
    const steps = [
      { step: 'email', source: 'crm', milliseconds: 3, count: 2 },
      { step: 'email', source: 'erp', count: 0, answer: 'fresh' as const, never: 'no such field' },
      { step: 'phone', source: 'erp', count: 1, answer: 'stale' as const },
      { step: 'phone', source: 'crm', problem: 'did not answer' },
      { step: 'name', problem: 'not given' },
    ];
    const sums = { records: 3, customers: 2, shown: 1 };
    expect(drawn(drawnSteps({ steps, ...sums, notes: ['a note'] }, en))).toMatchSnapshot();
    expect(drawn(drawnSteps({ steps: [{ step: 'x', source: 'y' }], ...sums }, en))).toMatchSnapshot();
    const text = (name: string, ...from: { source: string; title: string; at: number }[]) => {
      return { name, content: { kind: 'text' as const, text: 'x' }, from };
    };
    const at = NOW;
    const crm = { source: 'crm', title: 'crm', at };
    const customers = [[text('email', crm, { source: 'erp', title: 'ERP', at }), text('none')], [text('name', crm)]];
    expect(drawn(drawnOrigins(customers, en))).toMatchSnapshot();
    expect(drawn(drawnOrigins([[text('none')], [{ name: 'bare', content: { kind: 'text', text: 'x' } }]], en))).toBe(
      '',
    );
    expect(drawn(drawnOrigins(Array(12).fill([text('email', crm)]), en)).match(/<tr>/g)).toHaveLength(11);
    const records = [
      { customer: 0, source: 'crm', fields: [{ name: 'a', value: '1', elements: ['x', 'y'], isUnused: false }] },
      { customer: 1, source: 'erp', fields: [{ name: 'b', value: undefined, elements: [], isUnused: true }] },
      {
        ...{ customer: 1, source: 'erp', related: { name: 'contracts', place: 2 } },
        fields: [{ name: 'no', value: 'C-3', elements: ['contracts: No'], isUnused: false }],
      },
    ];
    expect(drawn(drawnRecords(records, en))).toMatchSnapshot();
    expect(drawn(drawnRecords([], en))).toBe('');
    const raw = (
      column: string,
      state: 'given' | 'empty' | 'hidden' | 'absent' | 'related',
      source: string | undefined = 'crm',
    ) => {
      return { source, column, state, ...(state === 'given' && { value: 'v' }) };
    };
    const one = { customer: 0, element: 'email', rule: 'from: a, mark-of-a-secret-7Q', value: 'v', why: undefined };
    const made = [
      {
        ...one,
        from: [raw('a', 'given'), raw('b', 'empty'), raw('c', 'hidden'), raw('d', 'related'), raw('e', 'absent')],
      },
      { ...one, element: 'f', rule: '', from: [], value: undefined, why: 'why' },
      { ...one, customer: 1, from: [{ source: undefined, column: 'z', state: 'given' as const }] },
      { ...one, customer: 2, element: 'full name', from: [] },
    ];
    // The second customer is not written.
    const answer = { ...elements({ email: '<v>' }, { full_name: 'x'.repeat(2_000) }), places: [0, 2] };
    const names = new Map([['full name', 'full_name']]);
    expect(drawn(drawnMade(made, records, { ...answer, names }, visit))).toMatchSnapshot();
    expect(drawnMade([], records, answer, visit)).toBeUndefined();
  });
});

describe('the form of a call', () => {
  const names = ['customer_id', 'first_name', 'last_name', 'email', 'phone'] as const;
  const of = (field: string, more: Partial<HelpDeskField> = {}): HelpDeskField => ({
    field,
    name: field,
    items: [],
    ...more,
  });

  it('has custom fields in the order of their numbers, each once, and two hundred at most', () => {
    const known = [of('Custom12', { name: 'Twelve' }), of('Custom3')];
    const used = ['Custom12', 'Custom5', 'Custom5', 'custom7', 'xCustom1', 'Custom1x', 'Custom', 'Custom1234567890'];
    expect(customFieldsFor(known, used)).toEqual([of('Custom3'), of('Custom5'), of('Custom12', { name: 'Twelve' })]);
    expect(
      customFieldsFor(
        Array.from({ length: 201 }, (_, at) => of(`Custom${at}`)),
        [],
      ),
    ).toHaveLength(200);
  });

  const custom = [
    of('Custom1', { type: 'checkbox' }),
    of('Custom2', { name: 'Place', type: 'levels', items: ['Boston', 'Boston#-#8th'] }),
    of('Custom3', { items: Array.from({ length: 501 }, (_, at) => String(at)) }),
    of('Custom4', { items: Array.from({ length: 500 }, (_, at) => String(at)) }),
  ];
  const form = { customer: names, customFields: custom, others: ['request', 'callingField', 'sColour'] };

  it('has what was filled in', () => {
    const filled = { email: 'a@x.example', Custom1: '1', Custom2: 'Boston#-#8th', Custom3: '7', request: '4711' };
    const few = { ...form, customFields: custom.slice(0, 3) };
    expect(drawn([...formFields(few, filled, en)])).toMatchSnapshot();
    const more = { acting_person_fusertype: '2', acting_person_email: 'x', Custom4: '499' };
    const html = drawn([...formFields({ ...form, customFields: custom.slice(3), others: [] }, more, en)]);
    expect(html).toContain('<option value="499" selected>499</option>');
    expect(html).toMatch(/<option value="2" selected>/);
    expect(html).toContain('<details open>');
    expect(drawn([...formFields({ ...form, customFields: [] }, {}, en)])).not.toContain('Custom fields');
  });

  it('takes its own names and those of HelpSpot, and nothing that is blank', () => {
    const sent = new URLSearchParams({
      ...{ email: ' a ', phone: '  ', Custom1: '1', Custom9: 'no', request: '1', xCategory: '2', xStatus: '' },
      ...{ acting_person_lname: 'B', acting_person_fusertype: '1', evil: 'x' },
    });
    expect({ ...typedIn(form, sent) }).toEqual({
      ...{
        email: ' a ',
        Custom1: '1',
        request: '1',
        xCategory: '2',
        acting_person_lname: 'B',
        acting_person_fusertype: '1',
      },
    });
  });
});

describe('a filter of pushes', () => {
  it.each([
    ['', {}, {}, ''],
    [
      'target=A+b&state=failed&since=1d',
      { target: 'A b', state: 'failed', since: '1d', sinceAt: NOW - 24 * HOUR_MS },
      { target: 'A b', state: 'failed', since: String(NOW - 24 * HOUR_MS) },
      'target=A+b&state=failed&since=1d',
    ],
    ['since=123', { since: '123', sinceAt: 123 }, { since: '123' }, 'since=123'],
    ['since=1h', { since: '1h', sinceAt: NOW - HOUR_MS }, { since: String(NOW - HOUR_MS) }, 'since=1h'],
    [
      'since=123456789012345',
      { since: '123456789012345', sinceAt: 123_456_789_012_345 },
      { since: '123456789012345' },
      'since=123456789012345',
    ],
    ['since=1234567890123456', {}, {}, ''],
    ['reference=(ref 4F2A1C)', { reference: '4f2a1c' }, { reference: '4f2a1c' }, 'reference=4f2a1c'],
    ['since=x1&state=lost&target=', {}, {}, ''],
    ['since=1x', {}, {}, ''],
  ])('%s', (query, read, fields, address) => {
    const filter = readPushFilter(new URLSearchParams(query), NOW);
    expect(filter).toEqual({ target: undefined, state: undefined, since: undefined, sinceAt: undefined, ...read });
    expect(fieldsOfFilter(filter)).toEqual(fields);
    expect(queryOfFilter(filter, {}).toString()).toBe(address);
    expect(queryOfFilter(filter, { before: '7' }).get('before')).toBe('7');
  });

  it('has no longer name of a target than there are', () => {
    expect(readPushFilter(new URLSearchParams({ target: 'x'.repeat(300) }), 0).target).toHaveLength(200);
  });
});

describe('cookies', () => {
  it('are read as far as they are well-formed', () => {
    expect(cookiesOf(requestWith({}))).toEqual({});
    expect(cookiesOf(requestWith({ cookie: ' a = 1 ;b=2=3;=no;none; c=' }))).toEqual({ a: '1', b: '2=3', c: '' });
    expect(
      Object.keys(cookiesOf(requestWith({ cookie: Array.from({ length: 60 }, (_, at) => `c${at}=1`).join(';') }))),
    ).toHaveLength(50);
    expect(cookiesOf(requestWith({ cookie: `a=${'x'.repeat(9_000)}` }))['a']).toHaveLength(7_998);
  });

  it('are written for as long as they hold, and for TLS where it is there', () => {
    expect(cookieOf(requestWith({}), 'n', 'v', {})).toBe('n=v; Path=/console; HttpOnly; SameSite=Lax');
    expect(cookieOf(requestWith({}, true), 'n', 'v', { path: '/api', seconds: 0 })).toBe(
      'n=v; Path=/api; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
    );
  });

  it.each([
    [{}, false],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example', host: 'x' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ 'sec-fetch-site': 'same-site' }, true],
    [{ 'sec-fetch-site': 'cross-site' }, true],
    [{ origin: 'https://gateway.example:8443', host: 'gateway.example:8443' }, false],
    [{ origin: 'https://gateway.example', host: 'gateway.example:8443' }, true],
    [{ origin: 'null', host: 'gateway.example' }, true],
  ])('come with a call of %j from elsewhere: %s', (headers, isSo) => {
    expect(isFromElsewhere(requestWith(Object.fromEntries(Object.entries(headers))))).toBe(isSo);
  });
});

it.each([
  [undefined, '/console/'],
  ['', '/console/'],
  ['/console/', '/console/'],
  ['/console/pushes?state=failed#x', '/console/pushes?state=failed'],
  ['https://gateway.example/console/sources/crm?check=1', '/console/sources/crm?check=1'],
  ['/console', '/console/'],
  ['/consoles/x', '/console/'],
  ['/x/console/pushes', '/console/'],
  ['/console/sign-in', '/console/'],
  ['/console/language/de', '/console/'],
  ['/console/pushes/sign-in', '/console/pushes/sign-in'],
  ['/console/pushes/console/sign-in', '/console/pushes/console/sign-in'],
  ['/console/language', '/console/language'],
  ['http://[', '/console/'],
  [`/console/${'x'.repeat(5_000)}`, `/console/${'x'.repeat(3_991)}`],
])('a way to %s leads to %s', (address, to) => {
  expect(consolePathOf(address)).toBe(to);
});
