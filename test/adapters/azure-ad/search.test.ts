/** What the azure-ad adapter finds, and what it asks Graph for it. */

import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/contract/index.ts';
import { injectionCorpus } from '../../support/adapter-suite.ts';
import { type GraphUser, guid } from '../../support/graph/people.ts';
import type { GraphServer } from '../../support/graph/server.ts';
import { ask, context, found, graphForAll, openSource } from './source.ts';

const people: readonly GraphUser[] = [
  {
    id: guid(1),
    displayName: "Sinéad O'Brien",
    givenName: 'Sinéad',
    surname: "O'Brien",
    mail: 'sinead@contoso.example',
    userPrincipalName: 'sob@contoso.onmicrosoft.example',
    otherMails: ['private@home.example', 'second@home.example'],
    proxyAddresses: ['smtp:alias@contoso.example', 'SMTP:sinead@contoso.example', 'sip:sob@contoso.example'],
    employeeId: 'E1001',
    businessPhones: ['(845) 555-4278'],
    mobilePhone: '+353 87 555 0100',
    jobTitle: 'Engineer',
    department: 'R&D',
    companyName: 'Contoso, Ltd.',
    officeLocation: '18/2111',
    accountEnabled: true,
    createdDateTime: '2020-05-06T07:08:09Z',
    onPremisesExtensionAttributes: { extensionAttribute1: 'cost-7' },
    managerId: guid(2),
  },
  {
    id: guid(2),
    displayName: 'Zoë (Boss) St*rr',
    givenName: 'Zoë',
    surname: 'St*rr',
    mail: 'zoe@contoso.example',
    userPrincipalName: 'zoe@contoso.onmicrosoft.example',
    employeeId: 'E1002',
    businessPhones: ['+1 425 555 0100', '+1 425 555 0101'],
    mobilePhone: '+1 425 555 0101',
    companyName: 'Contoso, Ltd.',
    accountEnabled: false,
  },
  { id: guid(3), displayName: 'Nearly Nobody', userPrincipalName: 'nobody@contoso.onmicrosoft.example', mail: '  ' },
];

const graph = await graphForAll(people);

function lastCall(server: GraphServer): GraphServer['calls'][number] {
  const call = server.calls.findLast(({ endpoint }) => endpoint === 'users');
  if (call === undefined) throw new Error('Graph was not asked');
  return call;
}

describe('records', () => {
  test('have a field for everything that is known', async () => {
    const source = await openSource(graph);
    expect(await source.find(ask({ customer_id: 'e1001' }), context())).toEqual([
      {
        customer_id: 'E1001',
        first_name: 'Sinéad',
        last_name: "O'Brien",
        email: 'sinead@contoso.example',
        phone: '(845) 555-4278',
        mobile: '+353 87 555 0100',
        user_principal_name: 'sob@contoso.onmicrosoft.example',
        display_name: "Sinéad O'Brien",
        title: 'Engineer',
        department: 'R&D',
        company: 'Contoso, Ltd.',
        office: '18/2111',
        manager: 'Zoë (Boss) St*rr',
        account_status: 'enabled',
      },
    ]);
  });

  test('have the first business phone, and say who is disabled', async () => {
    const source = await openSource(graph);
    const [record] = await source.find(ask({ customer_id: 'E1002' }), context());
    expect(record).toMatchObject({ phone: '+1 425 555 0100', account_status: 'disabled' });
    expect(record).not.toHaveProperty('manager');
  });

  test('leave out what is unknown', async () => {
    const source = await openSource(graph);
    expect(await source.find(ask({ display_name: 'nearly nobody' }), context())).toEqual([
      { display_name: 'Nearly Nobody', user_principal_name: 'nobody@contoso.onmicrosoft.example' },
    ]);
  });

  test('show other properties, the first of several that has a value, and no field that was taken away', async () => {
    const fields = {
      customer_id: ['employeeId', 'userPrincipalName'],
      addresses: 'proxyAddresses',
      private: 'otherMails',
      cost: 'onPremisesExtensionAttributes/extensionAttribute1',
      since: 'createdDateTime',
      boss_mail: 'manager/mail',
      title: [],
      office: [],
    };
    const source = await openSource(graph, { fields });
    const [record] = await source.find(ask({ customer_id: 'E1001' }), context());
    expect(record).toMatchObject({
      addresses: ['sinead@contoso.example', 'alias@contoso.example'],
      private: ['private@home.example', 'second@home.example'],
      cost: 'cost-7',
      since: new Date('2020-05-06T07:08:09Z'),
      manager: 'Zoë (Boss) St*rr',
      boss_mail: 'zoe@contoso.example',
    });
    expect(record).not.toHaveProperty('title');
    expect(lastCall(graph).query['$select']).not.toContain('officeLocation');
    const upn = 'nobody@contoso.onmicrosoft.example';
    expect(await found(source, ask({ customer_id: upn }))).toEqual([upn]);
    expect(await found(source, ask({ cost: 'COST-7' }))).toEqual(['E1001']);
  });
});

describe('exact', () => {
  test.each([
    ['mail', 'SINEAD@contoso.example'],
    ['userPrincipalName', 'sob@contoso.onmicrosoft.example'],
    ['otherMails', 'second@home.example'],
    ['proxyAddresses', 'alias@contoso.example'],
  ])('an address is found as %s', async (_, email) => {
    expect(await found(await openSource(graph), ask({ email }))).toEqual(['E1001']);
  });

  test('where it looks is a setting', async () => {
    const source = await openSource(graph, { alsoSearch: { email: [] } });
    expect(await found(source, ask({ email: 'alias@contoso.example' }))).toEqual([]);
    expect(lastCall(graph).query['$filter']).toBe("mail eq 'alias@contoso.example'");
  });

  test('the criteria are ANDed', async () => {
    const source = await openSource(graph);
    expect(await found(source, ask({ first_name: 'Sinéad', last_name: "o'brien" }))).toEqual(['E1001']);
    expect(await found(source, ask({ first_name: 'Zoë', last_name: "o'brien" }))).toEqual([]);
    expect(await found(source, ask({ company: 'Contoso, Ltd.', first_name: 'Zoë' }))).toEqual(['E1002']);
    expect(await found(source, ask({ phone: '8455554278', email: 'alias@contoso.example' }))).toEqual(['E1001']);
  });

  test('without criteria everybody is listed, up to the limit', async () => {
    const source = await openSource(graph);
    expect(await found(source, ask({}), 'user_principal_name')).toEqual(
      people.map(({ userPrincipalName }) => userPrincipalName),
    );
    expect(lastCall(graph).query).not.toHaveProperty('$filter');
    expect(await found(source, ask({}, 'exact', 2), 'user_principal_name')).toHaveLength(2);
    const enabled = await openSource(graph, { filter: 'accountEnabled eq true' });
    expect(await found(enabled, ask({}))).toEqual(['E1001']);
  });

  test('an account status, and an object id, which must be one', async () => {
    const source = await openSource(graph, { fields: { object_id: 'id' } });
    expect(await found(source, ask({ account_status: 'Disabled' }))).toEqual(['E1002']);
    expect(await found(source, ask({ account_status: 'maybe' }))).toEqual([]);
    expect(await found(source, ask({ object_id: guid(1) }))).toEqual(['E1001']);
    expect(await found(source, ask({ object_id: 'E1001' }))).toEqual([]);
  });

  test('the filter of the administrator holds always', async () => {
    const source = await openSource(graph, { filter: "accountEnabled eq true or mail eq 'none'" });
    expect(await found(source, ask({ company: 'Contoso, Ltd.' }))).toEqual(['E1001']);
    expect(await found(source, ask({ display_name: 'St' }, 'contains'))).toEqual([]);
    const wide = await openSource(graph, { filter: "accountEnabled eq true or mail eq 'zoe@contoso.example'" });
    expect(await found(wide, ask({ customer_id: 'E1001' }))).toEqual(['E1001']);
  });

  test('a field that is not there finds nobody, and is told once', async () => {
    const source = await openSource(graph);
    const before = graph.calls.length;
    for (let time = 0; time < 2; time += 1) {
      expect(await found(source, ask({ shoe_size: '9', email: 'zoe@contoso.example' }))).toEqual([]);
    }
    expect(source.log.lines).toMatchObject([{ level: 'debug', fields: { field: 'shoe_size' } }]);
    expect(graph.calls).toHaveLength(before);
  });
});

describe('telephones', () => {
  test.each(['(845) 555-4278', '845-555-4278', '845.555.4278', '8455554278', '845 555 4278'])(
    '%s is found in another form',
    async (phone) => {
      expect(await found(await openSource(graph), ask({ phone }))).toEqual(['E1001']);
    },
  );

  test('the mobile phone is searched too, each person once', async () => {
    const source = await openSource(graph);
    expect(await found(source, ask({ phone: '+353-87-555-0100' }))).toEqual(['E1001']);
    expect(await found(source, ask({ phone: '353875550100' }))).toEqual(['E1001']);
    const formatted = await openSource(graph, { phoneFormats: ['+353 ## ### ####'] });
    expect(await found(formatted, ask({ phone: '353875550100' }))).toEqual(['E1001']);
    expect(await found(formatted, ask({ phone: '+353 87 555 010' }, 'prefix'))).toEqual(['E1001']);
  });

  test('a number that is not the first one, and the mobile one too, finds its owner once', async () => {
    expect(await found(await openSource(graph), ask({ phone: '+1-425-555-0101' }))).toEqual(['E1002']);
  });

  test('what Graph takes for the same and has other digits is nobody', async () => {
    graph.fail('users', {
      kind: 'answer',
      status: 200,
      body: JSON.stringify({ value: [{ id: guid(9), businessPhones: ['845-555-0000'], employeeId: 'E9' }] }),
    });
    expect(await found(await openSource(graph), ask({ phone: '845-555-4278' }))).not.toContain('E9');
    graph.heal();
  });
});

describe('prefix and contains', () => {
  test('the beginning of a name, an address, a title', async () => {
    const source = await openSource(graph);
    expect(await found(source, ask({ last_name: "o'b" }, 'prefix'))).toEqual(['E1001']);
    expect(await found(source, ask({ last_name: 'st*' }, 'prefix'))).toEqual(['E1002']);
    expect(await found(source, ask({ email: 'alias@' }, 'prefix'))).toEqual(['E1001']);
    expect(await found(source, ask({ title: 'eng' }, 'prefix'))).toEqual(['E1001']);
    expect(await found(source, ask({ company: 'CONTOSO' }, 'prefix', 1))).toHaveLength(1);
  });

  test('words of a display name', async () => {
    const source = await openSource(graph);
    expect(await found(source, ask({ display_name: 'brien' }, 'contains'))).toEqual(['E1001']);
    // The managers of those who were found are asked for afterwards, since an advanced query has none.
    expect(graph.calls.slice(-2)).toMatchObject([
      { consistencyLevel: 'eventual', query: { $search: '"displayName:brien"' } },
      { consistencyLevel: undefined, query: { $filter: `id in ('${guid(1)}')` } },
    ]);
    const query = {
      ...ask({}),
      criteria: [
        { field: 'display_name', match: 'contains', value: 'zoë' },
        { field: 'company', match: 'prefix', value: 'contoso' },
      ],
    } as const;
    expect(await found(source, query)).toEqual(['E1002']);
  });

  test('an advanced query shows the manager too', async () => {
    const source = await openSource(graph);
    expect(await found(source, ask({ display_name: 'brien' }, 'contains'), 'manager')).toEqual(['Zoë (Boss) St*rr']);
    expect(await found(source, ask({ company: 'Contoso, Ltd.' }), 'manager')).toEqual(['Zoë (Boss) St*rr', '']);
  });

  test.each([
    [
      'a part of an address',
      { email: 'contoso' },
      'contains',
      /cannot search for a part of mail, .*write "email: prefix"/,
    ],
    ['the beginning of a status', { account_status: 'en' }, 'prefix', /beginning of accountEnabled/],
    ['a manager', { manager: 'Zoë' }, 'exact', /cannot search for manager\/displayName/],
  ] as const)('%s is the mistake of the administrator', async (_, criteria, match, message) => {
    const source = await openSource(graph);
    const asked = source.find(ask(criteria, match), context());
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.toBeInstanceOf(UserError);
  });

  test('hostile values are looked for, and found in nobody', async () => {
    const source = await openSource(graph);
    for (const value of injectionCorpus) {
      expect(await found(source, ask({ email: value }, 'prefix'))).toEqual([]);
      expect(await found(source, ask({ company: value }, 'prefix'))).toEqual([]);
      await found(source, ask({ display_name: value }, 'contains'));
    }
  });
});

describe('what is asked', () => {
  test('is no more than is needed', async () => {
    const source = await openSource(graph, { fields: { manager: [] } });
    await source.find(ask({ customer_id: 'E1001' }, 'exact', 7), context());
    const { query, consistencyLevel } = lastCall(graph);
    expect(query['$top']).toBe('7');
    expect(query).not.toHaveProperty('$expand');
    expect(query).not.toHaveProperty('$count');
    expect(consistencyLevel).toBeUndefined();
    expect(query['$select']?.split(',')).toEqual(
      expect.arrayContaining(['id', 'employeeId', 'mail', 'businessPhones', 'accountEnabled']),
    );
    expect(query['$select']).not.toContain('proxyAddresses');
    const more = await openSource(graph);
    await more.find(ask({ customer_id: 'E1001' }), context());
    expect(lastCall(graph).query['$expand']).toBe('manager($select=id,displayName)');
  });
});
