import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../../src/contract/index.ts';
import { checkboxNotices, customerOf } from '../../../src/gateway/lookup/fields.ts';
import type { ContentPlan, FieldPlan } from '../../../src/gateway/lookup/plan.ts';
import type { UserType } from '../../../src/helpspot/acting-person.ts';
import { alone, renamed } from '../../support/plans.ts';
import { inZone, ZONES } from '../../support/zone.ts';

function shown(record: SourceRecord, fields: readonly FieldPlan[], viewer?: UserType, otherFields = false) {
  return Object.fromEntries(
    customerOf(alone(record), { fields, otherFields, provenance: false, sources: [], related: [] }, viewer).map(
      ({ name, content }) => [name, content],
    ),
  );
}

const one = (element: string, content: ContentPlan): FieldPlan => ({ element, content, visibleTo: undefined });
const dated = (date: 'iso' | 'date' | 'unix') =>
  one('Custom9', { kind: 'field', from: ['when'], html: false, date, list: 'comma' });

describe('what is shown of a record', () => {
  it('is every field under its own name when nothing else is said', () => {
    const record = { email: 'a@example.com', count: 3, vip: true, gone: undefined };
    expect(
      customerOf(
        alone(record),
        { fields: undefined, otherFields: false, provenance: false, sources: [], related: [] },
        undefined,
      ),
    ).toEqual([
      { name: 'email', content: { kind: 'text', text: 'a@example.com' } },
      { name: 'count', content: { kind: 'text', text: '3' } },
      { name: 'vip', content: { kind: 'text', text: 'yes' } },
    ]);
  });

  it('renames, and leaves out what is unknown', () => {
    expect(shown({ company: 'Acme' }, [renamed('organization', 'company'), renamed('Custom5', 'building')])).toEqual({
      organization: { kind: 'text', text: 'Acme' },
    });
  });

  it('shows other fields only when asked, and none twice', () => {
    const record = { company: 'Acme', salary: 9 };
    expect(Object.keys(shown(record, [renamed('organization', 'company')]))).toEqual(['organization']);
    expect(Object.keys(shown(record, [renamed('organization', 'company')], undefined, true))).toEqual([
      'organization',
      'salary',
    ]);
    expect(shown(record, [one('salary', { kind: 'hidden' })], undefined, true)).not.toHaveProperty('salary');
  });

  it('shows a limited field to that level only, and to nobody when the level is unknown', () => {
    const fields = [{ ...renamed('band', 'band'), visibleTo: ['admin' as const] }];
    expect(shown({ band: 'A' }, fields, 'admin')).toHaveProperty('band');
    expect(shown({ band: 'A' }, fields, 'help-desk')).toEqual({});
    expect(shown({ band: 'A' }, fields)).toEqual({});
  });

  it('shows what only some may see to nobody else, under its own name neither', () => {
    const record = { band: 'A', street: 'Elm 7', city: 'Rome' };
    const fields = [
      { ...renamed('salary_band', 'band'), visibleTo: ['admin' as const] },
      { ...one('lives', { kind: 'template', template: 'in {{street}}' }), visibleTo: ['admin' as const] },
      // Everybody sees it, so its parts are no secret.
      one('town', { kind: 'template', template: 'in {{city}}' }),
    ];
    expect(Object.keys(shown(record, fields, 'admin', true))).toEqual(['salary_band', 'lives', 'town', 'city']);
    for (const viewer of ['help-desk', 'guest', undefined] as const) {
      expect(Object.keys(shown(record, fields, viewer, true))).toEqual(['town', 'city']);
    }
  });

  it('does not show among the others what one source says of a field', () => {
    const record = { phone: '1', 'crm.phone': '2', 'hr.phone': '3', 'a.b': '4', crm: '5' };
    const plan = { fields: [], otherFields: true, provenance: false, sources: ['crm', 'hr'], related: [] };
    expect(customerOf(alone(record), plan, undefined).map(({ name }) => name)).toEqual(['phone', 'a.b', 'crm']);
  });

  it('fills templates in one pass and drops those without any value', () => {
    const fields = [one('full', { kind: 'template', template: '{{ first }} {{last}}' })];
    expect(shown({ first: '{{last}}', last: 'Jones' }, fields)).toEqual({
      full: { kind: 'text', text: '{{last}} Jones' },
    });
    expect(shown({}, fields)).toEqual({});
    expect(shown({}, [one('kind', { kind: 'template', template: 'customer' })])).toEqual({
      kind: { kind: 'text', text: 'customer' },
    });
  });

  it('encodes values in addresses, and needs all of them', () => {
    const fields = [one('crm', { kind: 'link', href: 'https://crm.example.com/{{id}}?q={{q}}', text: 'Open {{q}}' })];
    expect(shown({ id: '../a b', q: 'x&y' }, fields)).toEqual({
      crm: { kind: 'link', href: 'https://crm.example.com/..%2Fa%20b?q=x%26y', text: 'Open x&y' },
    });
    expect(shown({ id: '1' }, fields)).toEqual({});
    expect(shown({ id: 'a\ud800', q: 'b' }, fields)).toHaveProperty('crm');
  });

  it('takes a whole address from a field', () => {
    const fields = [one('page', { kind: 'link', href: '{{url}}', text: '' })];
    const url = 'https://example.com/a?b=c';
    expect(shown({ url }, fields)).toEqual({ page: { kind: 'link', href: url, text: url } });
  });

  it('escapes values in HTML that the administrator wrote', () => {
    const fields = [one('note', { kind: 'html', template: '<b>{{x}}</b>' })];
    expect(shown({ x: '<img src=x>' }, fields)).toEqual({
      note: { kind: 'html', html: '<b>&lt;img src=x&gt;</b>' },
    });
  });

  it('writes dates as asked', () => {
    const when = new Date('2026-03-01T10:30:00Z');
    expect(shown({ when }, [dated('iso')])['Custom9']).toEqual({ kind: 'text', text: '2026-03-01T10:30:00Z' });
    expect(shown({ when }, [dated('date')])['Custom9']).toEqual({ kind: 'text', text: '2026-03-01' });
    expect(shown({ when }, [dated('unix')])['Custom9']).toEqual({ kind: 'text', text: '1772361000' });
    expect(shown({ when: '2026-03-01 10:30' }, [dated('unix')])['Custom9']).toEqual({
      kind: 'text',
      text: '1772361000',
    });
    expect(shown({ when: '2026-03-01' }, [dated('unix')])['Custom9']).toEqual({ kind: 'text', text: '1772323200' });
    expect(shown({ when: 'soon' }, [dated('date')])['Custom9']).toEqual({ kind: 'text', text: 'soon' });
    // Anything else would end up in a date field.
    expect(shown({ when: 'soon' }, [dated('unix')])).toEqual({});
    expect(shown({ when: new Date(Number.NaN) }, [dated('unix')])).toEqual({});
  });

  it.each(ZONES)('reads a time without a zone as UTC, on a machine in %s too', (zone) => {
    inZone(zone);
    for (const when of ['2026-03-01 10:30', '2026-03-01T10:30:00', '2026-03-01T10:30:00Z', '2026-03-01T11:30+01:00']) {
      expect(shown({ when }, [dated('unix')])['Custom9'], when).toEqual({ kind: 'text', text: '1772361000' });
      expect(shown({ when }, [dated('date')])['Custom9'], when).toEqual({ kind: 'text', text: '2026-03-01' });
    }
    expect(shown({ when: '2026-03-01' }, [dated('unix')])['Custom9']).toEqual({ kind: 'text', text: '1772323200' });
    expect(shown({ when: ' 2026-03-01 ' }, [dated('unix')])['Custom9']).toEqual({ kind: 'text', text: '1772323200' });
    for (const when of ['2026-02-30', '2026-13-01', '2026-03-01 10', `2026-03-01T10:30:00.${'0'.repeat(30)}Z`]) {
      expect(shown({ when }, [dated('unix')]), when).toEqual({});
    }
  });

  it('makes one bare address of what HelpSpot inserts as the mail address, and shows the others beside it', () => {
    const texts = (email: SourceRecord[string]) =>
      shown({ email, work: 'a@x.example, b@x.example' }, [], undefined, true);
    const work = { kind: 'text', text: 'a@x.example, b@x.example' };
    expect(texts('Bob Smith <bob@x.example>')).toEqual({ email: { kind: 'text', text: 'bob@x.example' }, work });
    expect(texts(['bob@x.example; bob@y.example', 'bob@x.example'])).toEqual({
      email: { kind: 'text', text: 'bob@x.example' },
      other_emails: { kind: 'list', style: 'comma', items: [{ kind: 'text', text: 'bob@y.example' }] },
      work,
    });
    expect(texts('none')).toEqual({ email: { kind: 'text', text: 'none' }, work });
  });

  it('says of each where it comes from, where that is wanted, and keeps it to itself otherwise', () => {
    const from = [{ source: 'crm', title: 'CRM', at: Date.now() }];
    const record = { email: 'bob@x.example, bob@y.example', city: 'Rome' };
    const found = { ...alone(record), origins: (content: ContentPlan) => (content.kind === 'hidden' ? [] : from) };
    const plan = { otherFields: true, sources: ['crm'], related: [] };
    const made = (provenance: boolean) =>
      customerOf(found, { ...plan, provenance, fields: [renamed('email', 'email')] }, undefined);
    const text = (words: string) => ({ kind: 'text', text: words });
    const others = { kind: 'list', style: 'comma', items: [text('bob@y.example')] };
    expect(made(false)).toEqual([
      { name: 'email', content: text('bob@x.example'), from },
      { name: 'other_emails', content: others, from },
      { name: 'city', content: text('Rome'), from },
    ]);
    const noted = (content: unknown) => ({ kind: 'noted', content, note: 'from CRM' });
    expect(made(true)).toEqual([
      // What HelpSpot inserts is bare.
      { name: 'email', content: text('bob@x.example'), from },
      { name: 'other_emails', content: noted(others), from },
      { name: 'city', content: noted(text('Rome')), from },
    ]);
    const nowhere = customerOf({ ...found, origins: () => [] }, { ...plan, provenance: true, fields: [] }, undefined);
    expect(nowhere.at(-1)).toEqual({ name: 'city', content: text('Rome'), from: [] });
  });

  it('joins drill-down levels up to the first gap', () => {
    const fields = [one('Custom3', { kind: 'drillDown', levels: ['{{city}}', '{{street}}', '{{door}}'] })];
    expect(shown({ city: 'Boston', street: '8th' }, fields)).toEqual({
      Custom3: { kind: 'text', text: 'Boston#-#8th' },
    });
    expect(shown({ city: 'Boston', door: '3' }, fields)).toEqual({ Custom3: { kind: 'text', text: 'Boston' } });
    expect(shown({ street: '8th' }, fields)).toEqual({});
  });

  it.each([
    [true, '1'],
    [0, '0'],
    ['No', '0'],
    ['yes', '1'],
    ['false', '0'],
    ['ja', '1'],
    ['Nein', '0'],
    ['falsch', '0'],
    ['oui', '1'],
    ['FAUX', '0'],
    ['Sí', '1'],
    ['si\u0301', '1'],
    ['falso', '0'],
    ['nee', '0'],
    ['x', '1'],
    ['', '0'],
    [3, '1'],
    ['0.00', '0'],
  ])('a checkbox of %j is %s', (vip, text) => {
    const fields = [one('Custom2', { kind: 'checkbox', from: 'vip' })];
    expect(shown({ vip }, fields)).toEqual({ Custom2: { kind: 'text', text } });
  });

  it.each(['vielleicht', 'n/a', 'gesperrt', 'not yet'])('a checkbox of %j is left out, and told', (vip) => {
    const fields = [{ ...one('Custom2', { kind: 'checkbox', from: 'vip' }), visibleTo: ['admin' as const] }];
    expect(shown({ vip }, fields, 'admin')).toEqual({});
    const records = [{ vip: 'ja' }, {}, { vip }, { vip }];
    expect(checkboxNotices(records, { fields }, 'admin')).toEqual([
      'vip is neither yes nor no in some records, so Custom2 is left out of them; tell your administrator',
    ]);
    expect(checkboxNotices(records.slice(0, 2), { fields }, 'admin')).toEqual([]);
    expect(checkboxNotices(records, { fields }, 'help-desk')).toEqual([]);
  });

  it('keeps lists and links', () => {
    const list = one('tags', { kind: 'field', from: ['tags'], html: false, date: 'iso', list: 'bullets' });
    const link = { href: 'https://example.com', text: 'x' };
    expect(shown({ tags: ['a', link, 2] }, [list])).toEqual({
      tags: {
        kind: 'list',
        style: 'bullets',
        items: [
          { kind: 'text', text: 'a' },
          { kind: 'link', ...link },
          { kind: 'text', text: '2' },
        ],
      },
    });
  });
});
