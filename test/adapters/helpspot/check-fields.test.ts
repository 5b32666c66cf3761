/** What `check` says of the custom fields of the HelpSpot that asks, and of a HelpSpot that is pushed to. */
import { describe, expect, it, onTestFinished } from 'vitest';
import helpspot from '../../../adapters/helpspot/index.ts';
import type { SourceRecord } from '../../../src/contract/index.ts';
import type { AjaxPlan } from '../../../src/gateway/ajax/plan.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { ContentPlan, FieldPlan, LookupPlan, RelatedPlan } from '../../../src/gateway/lookup/plan.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import { pushTargetPlan } from '../../gateway/push/harness.ts';
import { recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, steps } from '../../support/plans.ts';
import { helpSpotForAll } from './source.ts';

const desk = await helpSpotForAll();

interface Given {
  readonly records?: readonly SourceRecord[];
  readonly fields?: Readonly<Record<string, ContentPlan | string>>;
  readonly lookup?: Partial<LookupPlan>;
  readonly more?: Partial<GatewayPlan>;
}

const field = (from: string, date: 'iso' | 'unix' = 'iso'): ContentPlan => ({
  ...{ kind: 'field', from: [from], html: false, date, list: 'comma' },
});
const template = (text: string): ContentPlan => ({ kind: 'template', template: text });
const fieldPlan = (element: string, content: ContentPlan | string): FieldPlan => ({
  ...{ element, visibleTo: undefined, content: typeof content === 'string' ? field(content) : content },
});
/** What stands before each sentence of a field. */
const AT = 'warning: lookups.default.fields.';

/** What is said of a lookup over `crm`. A text is the name of the source's field. */
async function said({ records = [], fields = {}, lookup, more }: Given): Promise<readonly string[]> {
  const settings = helpspot.settings.parse({ ...desk.settings, requestsPerSecond: 1000 });
  const people = records.map((record, index) => ({
    ...{ customer_id: `${index}`, email: `a${index}@example.com`, ...record },
  }));
  const names = new Set(people.flatMap((person) => Object.keys(person)));
  const sources = [
    memorySource('crm', { ...memorySystem(people), fields: [...names].map((name) => ({ name })) }),
    memorySource('helpdesk', memorySystem(), { adapter: helpspot, settings }),
  ];
  const plans = Object.entries(fields).map(([element, written]) => fieldPlan(element, written));
  const usual = {
    sources: ['crm'],
    match: steps('email'),
    fields: [fieldPlan('customer_id', 'customer_id'), ...plans],
  };
  const plan = gatewayPlan(sources, { ...usual, ...lookup }, { helpSpotSource: 'helpdesk', ...more });
  const gateway = createGateway(plan, { log: recordedLog() });
  onTestFinished(() => gateway.close());
  // The lists are read then, however long that takes.
  await gateway.check();
  return (await gateway.inspect()).map(({ weight, where, sentence }) => `${weight}: ${where}: ${sentence}`);
}

const DAY = new Date('2027-12-31');

describe('custom fields that a lookup fills', () => {
  const FITTING: SourceRecord = {
    ...{ until: DAY, seconds: '1798675200', database: 'MySQL', place: 'Zürich#-#Altstetten', vip: true, flag: '0' },
    ...{ seats: 12, amount: '12.50', city: 'Boston', floor: '8th', free: 'anything', asset: 'A-1' },
  };
  const FIT: Given['fields'] = {
    ...{ Custom1: 'free', Custom2: 'database', Custom3: 'vip', Custom4: 'free', Custom5: 'seats' },
    Custom6: { kind: 'drillDown', levels: ['{{city}}', '{{floor}}'] },
    ...{ Custom8: field('until', 'unix'), Custom9: 'seconds', Custom10: 'asset', Custom11: 'free', Custom12: 'amount' },
  };

  it('are silent where everything fits, and where no source is the HelpSpot that asks', async () => {
    expect(await said({ records: [FITTING], fields: FIT })).toEqual([]);
    const others = { Custom6: 'place', Custom3: 'flag', Custom2: template('PostgreSQL') };
    expect(await said({ records: [FITTING], fields: { ...FIT, ...others } })).toEqual([]);
    const wrong = { Custom99: 'free', Custom1: field('until', 'unix') };
    const more = { helpSpotSource: undefined };
    expect(await said({ records: [FITTING], fields: wrong, more })).toEqual([]);
  });

  it('are silent while HelpSpot does not answer, which its own row tells', async () => {
    desk.fail('cut', { times: 1_000 });
    expect(await said({ records: [FITTING], fields: { Custom99: 'free', Custom1: field('until', 'unix') } })).toEqual(
      [],
    );
  });

  it('are told by name where a time is no time of HelpSpot, or is one where none is wanted', async () => {
    const unix = field('until', 'unix');
    const fields = { Custom1: unix, Custom2: unix, Custom3: unix, Custom6: unix, Custom5: unix };
    const gives = 'and date: unix gives it seconds since 1970; leave date out';
    expect(await said({ records: [FITTING], fields })).toEqual([
      `${AT}Custom1: Custom1 (Office) is a text field, ${gives}`,
      `${AT}Custom2: Custom2 (Database) is a list, ${gives}`,
      `${AT}Custom3: Custom3 (VIP Customer) is a checkbox, which takes 1 or 0, ${gives}`,
      `${AT}Custom6: Custom6 (Location) is a drill-down list, ${gives}`,
    ]);
    const records = [{ until: DAY, updated_at: DAY }, { until: '31.12.2027' }];
    const takes = 'which takes seconds since 1970';
    expect(await said({ records, fields: { Custom8: 'until', Custom9: 'updated_at' } })).toEqual([
      `${AT}Custom8: Custom8 (Contract ends) is a date field, ${takes}; 2 of 2 values do not fit`,
      expect.stringContaining(`${AT}Custom9: Custom9 (Call back at) is a date and time field, ${takes}; `),
    ]);
  });

  it('are told where values, constants and defaults are none that they take', async () => {
    const records = [
      { database: 'Oracle', vip: 'maybe', seats: '12 seats', amount: 'a lot', place: 'Boston#-#99th' },
      { database: 'MySQL', vip: '1', seats: '12', amount: '1.5', place: 'Boston' },
    ];
    const fields = { Custom2: 'database', Custom3: 'vip', Custom5: 'seats', Custom6: 'place', Custom12: 'amount' };
    expect(await said({ records, fields })).toEqual([
      `${AT}Custom2: Custom2 (Database) is a list; 1 of 2 values are none of its items`,
      `${AT}Custom3: Custom3 (VIP Customer) is a checkbox, which takes 1 or 0; 1 of 2 values do not fit`,
      `${AT}Custom5: Custom5 (Contract number) is a field for whole numbers; 1 of 2 values do not fit`,
      `${AT}Custom6: Custom6 (Location) is a drill-down list; 1 of 2 values are none of its items`,
      `${AT}Custom12: Custom12 (Amount) is a field for numbers; 1 of 2 values do not fit`,
    ]);
    const constants = {
      ...{ Custom2: template('MySQ'), Custom6: { kind: 'drillDown', levels: ['Boston', '{{floor}}'] } as const },
      ...{ Custom3: template('yes'), Custom5: { kind: 'drillDown', levels: ['{{floor}}'] } as const },
    };
    expect(await said({ records: [{ floor: '8th' }], fields: constants })).toEqual([
      `${AT}Custom2: "MySQ" is none of the items of Custom2 (Database) (did you mean MySQL?)`,
      `${AT}Custom3: "yes" does not fit Custom3 (VIP Customer), a checkbox, which takes 1 or 0`,
      `${AT}Custom5: Custom5 (Contract number) is a field for whole numbers, and drillDown gives it the levels of a drill-down list`,
    ]);
    const otherwise = [{ ...fieldPlan('Custom2', 'database'), otherwise: 'none' }];
    expect(await said({ records: [{ database: 'MySQL' }], lookup: { fields: otherwise } })).toContain(
      `${AT}Custom2: "none" is none of the items of Custom2 (Database)`,
    );
  });

  it('are told where there are none such, and what is said of them otherwise has their names', async () => {
    expect(await said({ records: [FITTING], fields: { Custom99: 'free', Custom1: 'fre' } })).toEqual([
      'error: lookups.default.fields.Custom1: Custom1 (Office): no source of this lookup has a field fre (did you mean free?)',
      `${AT}Custom99: helpdesk has no custom field Custom99, or does not show it to the gateway (did you mean Custom9?); nobody sees what is given for it`,
    ]);
  });

  it('are those of the sources too, where nothing is said of what is shown', async () => {
    const records = [{ Custom2: 'Oracle', Custom77: 'x', Custom1: 'x' }];
    expect(await said({ records, lookup: { fields: undefined } })).toEqual([
      `${AT}Custom2: Custom2 (Database) is a list; 1 of 1 values are none of its items`,
      expect.stringContaining(`${AT}Custom77: helpdesk has no custom field Custom77`),
    ]);
  });
});

const pages = (where: Readonly<Record<string, string>>): RelatedPlan => ({
  ...{ name: 'pages', source: 'crm', except: [], order: [], limit: 5, optional: false, patienceMs: 1_000 },
  where: Object.entries(where).map(([of, value]) => ({ field: of, value })),
});
const MISSING = 'helpdesk has no custom field Custom99, or does not show it to the gateway (did you mean Custom9?)';

describe('places of templates', () => {
  const asked = (where: Readonly<Record<string, string>>, more: Partial<GatewayPlan> = {}) =>
    said({ records: [{ team: 'x', site: 'y' }], lookup: { fields: undefined, related: [pages(where)] }, more });

  it('of related records have names and custom fields that there are', async () => {
    const own = { customer_id: '{{customer_id}}' };
    expect(await asked({ ...own, team: '{{category}}', site: '{{Custom6}}' })).toEqual([]);
    expect(await asked({ ...own, team: '{{Custom99}}' })).toEqual([
      `warning: lookups.default.related.pages: ${MISSING}; it is always empty`,
    ]);
    expect(await asked({ ...own, team: '{{category}}' }, { helpSpotSource: undefined })).toEqual([
      expect.stringMatching(
        /^error: lookups\.default\.related\.pages: \{\{category\}\} is no field .*helpspot: \{ source: NAME \}/,
      ),
    ]);
    expect(await asked({ team: '{{category}}' })).toEqual([
      expect.stringMatching(/^error: lookups\.default\.related\.pages\.where: is asked by nothing of the customer/),
    ]);
  });

  it('of match steps, AJAX fields and pushes too', async () => {
    const where = [
      {
        field: 'team',
        value: '{{category}} {{Custom99}} {{Custom6.2}} {{Custom5.2}}',
        optional: false,
        label: undefined,
      },
    ];
    const ajax: AjaxPlan = {
      ...{ name: 'pages', source: 'crm', search: undefined, description: undefined, group: undefined, where },
      ...{
        before: [],
        after: [],
        order: [],
        limit: 10,
        encoding: 'utf-8',
        value: { kind: 'template', template: '{{team}}' },
      },
    };
    const push = pushTargetPlan({
      source: 'crm',
      title: '{{category}} {{Custom99}}',
      body: '{{Custom5}} {{last_reply_by}}',
    });
    const given = { records: [{ team: 'x' }], lookup: { match: steps('team=Custom99'), fields: undefined } };
    const more = { ajax: new Map([['pages', ajax]]), push: new Map([['Tickets', push]]) };
    expect(await said({ ...given, more })).toEqual([
      `warning: lookups.default.match[0]: ${MISSING}; it is always empty`,
      `warning: ajax.pages.where.team: ${MISSING}; it is always empty`,
      'warning: ajax.pages.where.team: Custom5 (Contract number) is no drill-down list, so it has no levels; write {{Custom5}}',
      `warning: push.Tickets.title: ${MISSING}; it is always empty`,
    ]);
    const unnamed = await said({ ...given, more: { ...more, helpSpotSource: undefined } });
    expect(unnamed.filter((one) => one.includes('helpspot: { source: NAME }'))).toEqual([
      expect.stringContaining('warning: ajax.pages.where.team: HelpSpot sends no category'),
      expect.stringContaining('warning: push.Tickets.title: HelpSpot sends no category'),
      expect.stringContaining('warning: push.Tickets.body: HelpSpot sends no last_reply_by'),
    ]);
  });
});

describe('a push to a HelpSpot', () => {
  const told = async (fields: Readonly<Record<string, string>>) => {
    const push = new Map([['Linked', pushTargetPlan({ name: 'Linked', source: 'helpdesk', fields })]]);
    const all = await said({ more: { push, helpSpotSource: undefined } });
    return all.filter((one) => one.startsWith('warning: push.'));
  };

  it('names what there is', async () => {
    const people = { assignedTo: 'joerg@example.com', openedBy: '0', status: 'active' };
    const custom = {
      Custom2: 'MySQL',
      Custom3: 'yes',
      Custom8: '2027-12-31',
      Custom6: 'Boston#-#8th',
      Custom5: '{{x}}',
    };
    expect(
      (await told({ category: ' development', ...people, ...custom })).filter((one) => !one.includes('sends no x')),
    ).toEqual([]);
    expect(await told({ category: '{{Custom1}}', status: '3', assignedTo: 'ian' })).toEqual([]);
  });

  it('is told where it names what there is not', async () => {
    expect(
      await told({
        ...{ category: 'Developement', status: '77', assignedTo: 'Jorg Muller', Custom2: 'Oracle', Custom3: 'perhaps' },
        ...{ Custom8: 'soon', Custom99: '{{sTitle}}' },
      }),
    ).toEqual([
      'warning: push.Linked.fields.category: helpdesk has no category "Developement" (did you mean Development?)',
      'warning: push.Linked.fields.status: helpdesk has no status 77',
      'warning: push.Linked.fields.assignedTo: helpdesk has no staff member "Jorg Muller" (did you mean Jörg Müller?)',
      'warning: push.Linked.fields.Custom2: "Oracle" is none of the items of Custom2 (Database)',
      'warning: push.Linked.fields.Custom3: "perhaps" does not fit Custom3 (VIP Customer), a checkbox, which takes 1 or 0',
      'warning: push.Linked.fields.Custom8: "soon" does not fit Custom8 (Contract ends), a date field, which takes seconds since 1970',
      `warning: push.Linked.fields.Custom99: ${MISSING}`,
    ]);
    // What is not in use any more is not chosen.
    expect(await told({ category: 'Fax' })).toHaveLength(1);
  });
});
