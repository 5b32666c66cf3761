import { describe, expect, it } from 'vitest';
import { SourceError, UserError } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, steps } from '../../support/plans.ts';

const bob = {
  customer_id: '1',
  first_name: 'Bob',
  last_name: 'Jones',
  email: 'bob@example.com',
  phone: '845-555-4278',
};
const tina = { customer_id: '2', first_name: 'Tina', last_name: 'Jones', email: 'tina@example.com' };
const tim = { customer_id: '3', first_name: 'Tim', last_name: 'Joneson', email: 'tim@example.com' };

function gatewayOver(
  systems: Readonly<Record<string, MemorySystem>>,
  lookup: Partial<LookupPlan> = {},
  deadlineMs = 5000,
) {
  const log = recordedLog();
  const sources = Object.entries(systems).map(([name, system]) => memorySource(name, system));
  const plan = gatewayPlan(sources, {
    match: steps('customer_id', 'email', 'phone', 'first_name+last_name', 'last_name:prefix'),
    ...lookup,
  });
  const gateway = createGateway({ ...plan, server: { ...plan.server, deadlineMs } }, { log });
  const ids = async (parameters: Record<string, string>) => {
    const outcome = await gateway.lookup({ lookup: 'default', parameters });
    if (outcome.failure !== undefined) return outcome.failure.message.replace(/ref \w+/, 'ref');
    return outcome.answer.customers.map((customer) => customer.find(({ name }) => name === 'customer_id')?.content);
  };
  return { gateway, log, ids };
}

const id = (...values: string[]) => values.map((text) => ({ kind: 'text', text }));

describe('match steps', () => {
  const people = () => ({ people: memorySystem([bob, tina, tim]) });

  it('are tried in order until one finds something', async () => {
    const { ids } = gatewayOver(people());
    expect(await ids({ customer_id: '2', email: 'bob@example.com' })).toEqual(id('2'));
    expect(await ids({ customer_id: '99', email: 'bob@example.com' })).toEqual(id('1'));
    expect(await ids({ customer_id: '99', email: 'x', last_name: 'jones' })).toEqual(id('1', '2', '3'));
  });

  it('are passed over when an input is missing, blank or says nothing', async () => {
    const systems = people();
    const { ids } = gatewayOver(systems);
    expect(await ids({ customer_id: '  ', first_name: 'Bob' })).toEqual([]);
    expect(await ids({ phone: 'n/a' })).toEqual([]);
    expect(systems.people.queries).toEqual([]);
  });

  it('are passed over, in words, when an input is longer than anybody’s name or number', async () => {
    const systems = people();
    const { gateway, ids } = gatewayOver(systems);
    // Such a letter becomes eighteen when it is compared.
    const email = '\ufdfa'.repeat(1_001);
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { email } });
    expect(answer).toMatchObject({
      customers: [],
      notices: ['email is longer than 1000 characters; nobody was looked for by it'],
    });
    expect(systems.people.queries).toEqual([]);
    expect(await ids({ email, last_name: 'joneson' })).toEqual(id('3'));
    expect(await ids({ email: 'x'.repeat(1_000) })).toEqual([]);
    expect(systems.people.queries).toHaveLength(2);
  });

  it('find nobody, never everybody, without any input', async () => {
    const { ids } = gatewayOver(people());
    expect(await ids({})).toEqual([]);
  });

  it('need all criteria of a step', async () => {
    const { ids } = gatewayOver(people());
    expect(await ids({ first_name: 'tina', last_name: 'jones' })).toEqual(id('2'));
  });

  it('take any parameter as input', async () => {
    const { ids } = gatewayOver(
      { assets: memorySystem([{ customer_id: '7', asset_tag: 'A-1' }]) },
      { match: steps('asset_tag=Custom5') },
    );
    expect(await ids({ Custom5: 'a-1' })).toEqual(id('7'));
  });
});

describe('the limit', () => {
  it('cuts, and says so to staff', async () => {
    const { gateway } = gatewayOver({ people: memorySystem([bob, tina, tim]) }, { limit: 2 });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { last_name: 'jones' } });
    expect(answer?.customers).toHaveLength(2);
    expect(answer?.notices).toEqual(['Only the first 2 matches are shown; fill in more fields to narrow the search']);
  });

  it('says nothing when exactly so many were found', async () => {
    const { gateway } = gatewayOver({ people: memorySystem([bob, tina]) }, { limit: 2 });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { last_name: 'jones' } });
    expect(answer?.notices).toEqual([]);
  });
});

describe('a source that held records back', () => {
  it('says so to staff', async () => {
    const system = Object.assign(memorySystem([bob]), { notice: 'only the first 1000 were searched' });
    const { gateway } = gatewayOver({ ad: system });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { customer_id: '1' } });
    expect(answer?.notices).toEqual(['ad: only the first 1000 were searched']);
  });
});

describe('several sources', () => {
  it('answer together, in the order of the configuration', async () => {
    const { ids } = gatewayOver({ a: memorySystem([tina]), b: memorySystem([bob]) });
    expect(await ids({ last_name: 'jones' })).toEqual(id('2', '1'));
  });

  it('become one customer by the merging field; the first source has the last word', async () => {
    const systems = {
      crm: memorySystem([{ customer_id: '1', email: 'Bob@Example.com', company: 'Acme' }]),
      directory: memorySystem([{ customer_id: 'bjones', email: 'bob@example.com', room: '12' }]),
    };
    const { gateway } = gatewayOver(systems, { mergeBy: ['email'] });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { email: 'bob@example.com' } });
    expect(answer?.customers.map((customer) => customer.map(({ name, content }) => [name, content]))).toEqual([
      expect.arrayContaining([
        ['customer_id', { kind: 'text', text: '1' }],
        ['company', { kind: 'text', text: 'Acme' }],
        ['room', { kind: 'text', text: '12' }],
      ]),
    ]);
  });

  it('are asked by the merging field when they do not know the input', async () => {
    const systems = {
      crm: memorySystem([bob]),
      directory: memorySystem([{ email: 'bob@example.com', room: '12' }]),
    };
    const { gateway } = gatewayOver(systems, { mergeBy: ['email'] });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { customer_id: '1' } });
    expect(answer?.customers[0]).toContainEqual({ name: 'room', content: { kind: 'text', text: '12' } });
  });

  it('are asked no more once somebody is found by an earlier step', async () => {
    const slow: MemorySystem = { ...memorySystem(), wait: () => new Promise((next) => setTimeout(next, 20)) };
    const { ids } = gatewayOver({ crm: memorySystem([bob]), slow }, { match: steps('customer_id', 'email', 'phone') });
    expect(await ids({ customer_id: '1', email: 'bob@example.com', phone: '845-555-4278' })).toEqual(id('1'));
    expect(slow.queries.map(({ criteria }) => criteria[0]?.field)).toEqual(['customer_id']);
  });

  it('are not asked by the merging field when they have failed already', async () => {
    const directory = { ...memorySystem(), error: new SourceError('unreachable', 'refused') };
    const { gateway } = gatewayOver({ crm: memorySystem([bob]), directory }, { mergeBy: ['email'] });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { customer_id: '1' } });
    expect(answer?.customers).toHaveLength(1);
    expect(answer?.notices).toEqual([expect.stringMatching(/^directory did not answer/)]);
    expect(directory.queries.map(({ criteria }) => criteria[0]?.field)).toEqual(['customer_id']);
  });

  it('are asked by the merging field when they cannot be asked by the step', async () => {
    const directory: MemorySystem = {
      ...memorySystem([{ email: 'bob@example.com', room: '12' }]),
      wait: async ({ criteria }) => {
        if (criteria[0]?.field === 'customer_id') throw new UserError('it has no customer_id');
      },
    };
    const { gateway } = gatewayOver({ crm: memorySystem([bob]), directory }, { mergeBy: ['email'] });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { customer_id: '1' } });
    expect(answer?.customers[0]).toContainEqual({ name: 'room', content: { kind: 'text', text: '12' } });
  });

  it('are asked by the merging field for the only one who was found, once, and for nobody without it', async () => {
    const crm = memorySystem([bob, tina, { customer_id: '9', first_name: 'Eve', email: '' }]);
    const directory = memorySystem([{ email: 'bob@example.com', room: '12' }]);
    const { ids } = gatewayOver({ crm, directory }, { mergeBy: ['email'] });
    const asked = async (parameters: Record<string, string>) => {
      for (const { queries } of [crm, directory]) queries.length = 0;
      await ids(parameters);
      return [crm.queries.length, directory.queries.length];
    };
    expect(await asked({ customer_id: '1' })).toEqual([1, 2]);
    expect(await asked({ last_name: 'Jones' })).toEqual([1, 1]);
    expect(await asked({ customer_id: '9' })).toEqual([1, 1]);
  });

  it('become one customer by any of several fields, also through a third source', async () => {
    const systems = {
      crm: memorySystem([{ customer_id: '1', email: 'bob@example.com', last_name: 'Jones' }]),
      directory: memorySystem([{ email: 'bob@example.com', employee_number: '77', room: '12', last_name: 'Jones' }]),
      hr: memorySystem([{ employee_number: '77', boss: 'Ann', last_name: 'Jones' }]),
    };
    const mergeBy = ['email', 'employee_number'];
    for (const names of [
      ['crm', 'directory', 'hr'],
      ['hr', 'crm', 'directory'],
      ['crm', 'hr', 'directory'],
    ]) {
      const { gateway } = gatewayOver(systems, { mergeBy, sources: names });
      const { answer } = await gateway.lookup({ lookup: 'default', parameters: { last_name: 'Jones' } });
      expect(answer?.customers).toHaveLength(1);
      expect(answer?.customers[0]?.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['customer_id', 'room', 'boss']),
      );
    }
  });

  it('are asked by each of several merging fields that the one who was found has', async () => {
    const systems = {
      crm: memorySystem([{ customer_id: '1', email: 'b@example.com', employee_number: '77' }]),
      directory: memorySystem([{ email: 'b@example.com', room: '12' }]),
      hr: memorySystem([{ employee_number: '77', boss: 'Ann' }]),
    };
    const { gateway } = gatewayOver(systems, { mergeBy: ['email', 'employee_number'] });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { customer_id: '1' } });
    expect(answer?.customers[0]?.map(({ name }) => name)).toEqual(expect.arrayContaining(['room', 'boss']));
  });

  it('are never two records of one source, whatever joins them', async () => {
    const systems = {
      crm: memorySystem([
        { customer_id: '1', email: 'a@example.com', last_name: 'Jones' },
        { customer_id: '2', email: 'b@example.com', last_name: 'Jones' },
      ]),
      directory: memorySystem([
        { email: ['a@example.com', 'b@example.com'], employee_number: '77', last_name: 'Jones' },
      ]),
    };
    const { ids } = gatewayOver(systems, { mergeBy: ['employee_number', 'email'] });
    expect(await ids({ last_name: 'Jones' })).toEqual(id('1', '2'));
  });

  it('say where one merging field contradicts another', async () => {
    const systems = {
      crm: memorySystem([{ customer_id: '1', email: 'ed@example.com', employee_number: 'E-20' }]),
      hr: memorySystem([{ employee_number: 'E-21', email: 'ed@example.com', room: '21' }]),
    };
    const { gateway } = gatewayOver(systems, { mergeBy: ['email', 'employee_number'] });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { email: 'ed@example.com' } });
    expect(answer?.notices).toEqual([expect.stringMatching(/^crm and hr have another employee_number/)]);
  });

  it('are joined to a customer only by what is his', async () => {
    const systems = {
      crm: memorySystem([
        { customer_id: 'a', email: 'e1@example.com', last_name: 'Jones' },
        { customer_id: 'b', email: 'e2@example.com', nr: 'n2', last_name: 'Jones' },
      ]),
      directory: memorySystem([{ email: 'e1@example.com', nr: 'n2', room: '12', last_name: 'Jones' }]),
      hr: memorySystem([{ email: 'e2@example.com', salary: '9', last_name: 'Jones' }]),
    };
    const { gateway } = gatewayOver(systems, { mergeBy: ['email', 'nr'] });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { last_name: 'Jones' } });
    const names = answer?.customers.map((customer) => customer.map(({ name }) => name));
    expect(names?.[0]).not.toContain('salary');
    expect(names?.[1]).toContain('salary');
  });

  it('do not merge records without the merging field', async () => {
    const { ids } = gatewayOver(
      {
        a: memorySystem([
          { customer_id: '1', last_name: 'Jones' },
          { customer_id: '2', last_name: 'Jones' },
        ]),
      },
      { mergeBy: ['email'] },
    );
    expect(await ids({ last_name: 'Jones' })).toEqual(id('1', '2'));
  });
});

describe('united steps', () => {
  const ann = { customer_id: '1', email: 'ann@example.com', phone: '030 1', last_name: 'Lee' };
  const bea = { customer_id: '2', email: 'bea@example.com', phone: '030 12345', last_name: 'Jones' };
  const cem = { customer_id: '3', email: 'cem@example.com', phone: '030 99999', last_name: 'Jones' };
  const unite = { unite: true, match: steps('email', 'phone', 'last_name') };
  const typed = { email: 'ann@example.com', phone: '030/123-45', last_name: 'Jones' };

  it('find whoever one of them finds, each once, the surest first', async () => {
    const crm = memorySystem([cem, bea, ann]);
    const { ids } = gatewayOver({ crm }, unite);
    expect(await ids(typed)).toEqual(id('1', '2', '3'));
    expect(crm.queries).toHaveLength(3);
  });

  it('join what they find in several sources', async () => {
    const systems = {
      crm: memorySystem([ann]),
      directory: memorySystem([{ phone: '030 12345', email: 'ann@example.com', room: '7' }]),
    };
    const { gateway } = gatewayOver(systems, { ...unite, mergeBy: ['email'] });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: typed });
    expect(answer?.customers).toHaveLength(1);
    expect(answer?.customers[0]).toContainEqual({ name: 'room', content: { kind: 'text', text: '7' } });
  });

  it('are asked only for what was sent', async () => {
    const crm = memorySystem([ann, bea]);
    const { ids } = gatewayOver({ crm }, unite);
    expect(await ids({ email: 'ann@example.com', phone: '', last_name: ' ' })).toEqual(id('1'));
    expect(crm.queries).toHaveLength(1);
  });

  it('of which one fails show what the others found, and say so', async () => {
    const crm: MemorySystem = {
      ...memorySystem([ann, bea]),
      wait: async ({ criteria }) => {
        if (criteria[0]?.field === 'phone') throw new SourceError('rejected', 'no such index');
      },
    };
    const { gateway } = gatewayOver({ crm }, unite);
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: typed });
    expect(answer?.customers).toHaveLength(2);
    expect(answer?.notices).toEqual([expect.stringMatching(/^crm refused the search/)]);
  });

  it('say that there are more', async () => {
    const { gateway } = gatewayOver({ crm: memorySystem([ann, bea, cem]) }, { ...unite, limit: 2 });
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: typed });
    expect(answer?.customers).toHaveLength(2);
    expect(answer?.notices).toEqual([expect.stringMatching(/^Only the first 2 matches/)]);
  });
});

describe('a source that fails', () => {
  const dead = (error: unknown) => Object.assign(memorySystem(), { error });

  it.each([
    [new SourceError('unreachable', 'x'), 503, 'ad did not answer; try again in a minute (ref)'],
    [new SourceError('timeout', 'x'), 504, 'ad did not answer in time; try again in a minute (ref)'],
    [
      new SourceError('unauthorized', 'x'),
      502,
      'ad refused the credentials of the gateway; tell your administrator (ref)',
    ],
    [
      new SourceError('rate-limited', 'x', { retryAfterMs: 4200 }),
      503,
      'ad asks us to slow down; try again in 5 seconds (ref)',
    ],
    [
      new SourceError('rate-limited', 'x', { retryAfterMs: 15 * 60_000 + 1 }),
      503,
      'ad asks us to slow down; try again in 16 minutes (ref)',
    ],
    [
      new SourceError('rate-limited', 'x', { retryAfterMs: 24 * 60 * 60_000 }),
      503,
      'ad asks us to slow down; try again in 24 hours (ref)',
    ],
    [new SourceError('rejected', 'x'), 502, 'ad refused the search; tell your administrator (ref)'],
    [new UserError('no query for this step'), 500, 'ad is not set up correctly; tell your administrator (ref)'],
    [
      new TypeError('boom'),
      500,
      'ad could not be asked because of an error in the gateway; tell your administrator (ref)',
    ],
  ])('is never "nobody found": %s', async (error, status, words) => {
    const { gateway } = gatewayOver({ ad: dead(error) });
    const { failure } = await gateway.lookup({ lookup: 'default', parameters: { email: 'bob@example.com' } });
    expect(failure?.message.replace(/ref \w+/, 'ref')).toBe(words);
    expect(failure?.status).toBe(status);
  });

  it('is one line of the answer when another source found the customer', async () => {
    const systems = { ad: dead(new SourceError('unreachable', 'refused')), crm: memorySystem([bob]) };
    const { gateway, log } = gatewayOver(systems);
    const { answer, reference } = await gateway.lookup({ lookup: 'default', parameters: { email: 'bob@example.com' } });
    expect(answer?.customers).toHaveLength(1);
    expect(answer?.notices).toEqual([`ad did not answer; try again in a minute (ref ${reference})`]);
    expect(log.lines.find(({ level }) => level === 'error')?.fields).toMatchObject({
      reference,
      source: 'ad',
      problem: 'refused',
    });
  });

  it('is not waited for at every step', async () => {
    const systems = { ad: dead(new SourceError('unreachable', 'refused')), crm: memorySystem([bob]) };
    const { ids } = gatewayOver(systems);
    expect(await ids({ customer_id: '99', email: 'bob@example.com' })).toEqual(id('1'));
    expect(systems.ad.queries).toHaveLength(1);
  });

  it('that never answers is given up at the deadline', async () => {
    const { ids } = gatewayOver({ ad: Object.assign(memorySystem(), { hangs: true }) }, {}, 50);
    expect(await ids({ email: 'bob@example.com' })).toBe('ad did not answer in time; try again in a minute (ref)');
  });

  it('that never opens is given up at the deadline', async () => {
    const { ids } = gatewayOver({ ad: Object.assign(memorySystem(), { openHangs: true }) }, {}, 50);
    expect(await ids({ email: 'bob@example.com' })).toBe('ad did not answer in time; try again in a minute (ref)');
  });

  it('works again by itself when the system is back', async () => {
    const system = Object.assign(memorySystem([bob]), { openError: new SourceError('unreachable', 'refused') });
    const { ids } = gatewayOver({ ad: system });
    expect(await ids({ customer_id: '1' })).toBe('ad did not answer; try again in a minute (ref)');
    Object.assign(system, { openError: undefined });
    expect(await ids({ customer_id: '1' })).toEqual(id('1'));
  });
});

describe('the log', () => {
  it('has one line a lookup, without what the customer is called', async () => {
    const { gateway, log } = gatewayOver({ people: memorySystem([bob]) });
    const parameters = { email: 'bob@example.com', acting_person_xperson: '7' };
    const { reference } = await gateway.lookup({ lookup: 'default', parameters }, { via: 'http', caller: 'helpspot' });
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]?.fields).toMatchObject({
      reference,
      lookup: 'default',
      via: 'http',
      caller: 'helpspot',
      actingPerson: '7',
      sources: [{ source: 'people', count: 1, failed: false }],
      step: 'email',
      count: 1,
    });
    expect(JSON.stringify(log.lines)).not.toContain('bob');
  });

  it('holds the search values when that is switched on', async () => {
    const log = recordedLog();
    const plan = gatewayPlan(
      [memorySource('people', memorySystem([bob]))],
      {},
      { log: { level: 'info', customerValues: true } },
    );
    await createGateway(plan, { log }).lookup({ lookup: 'default', parameters: { email: 'bob@example.com' } });
    expect(log.lines[0]?.fields).toMatchObject({ criteria: [{ field: 'email', value: 'bob@example.com' }] });
  });
});

describe('a caller who goes away', () => {
  it('ends the lookup, and no source is to blame', async () => {
    const { gateway, log } = gatewayOver({ ad: Object.assign(memorySystem(), { hangs: true }) });
    const controller = new AbortController();
    const lookup = gateway.lookup({ lookup: 'default', parameters: { email: 'bob@example.com' } }, { controller });
    controller.abort(new Error('gone'));
    expect((await lookup).failure?.status).toBe(499);
    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([['info', 'the caller has gone away']]);
  });
});

describe('an unknown lookup', () => {
  it('is a failure that names the nearest one', async () => {
    const { gateway } = gatewayOver({ people: memorySystem() });
    const { failure } = await gateway.lookup({ lookup: 'defalt', parameters: {} });
    expect(failure).toMatchObject({ status: 404, message: expect.stringContaining('did you mean "default"?') });
    const other = await gateway.lookup({ lookup: 'customers-of-old', parameters: {} });
    expect(other.failure?.message).toContain('known: default');
  });
});
