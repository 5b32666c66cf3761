import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import highrise from '../../../adapters/highrise/index.ts';
import type { PushRequest } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { runs } from '../../support/runs.ts';
import { openHighrise } from './source.ts';

const nobody: Partial<PushRequest> = { values: {} };

describe('a push', () => {
  it('makes the customer a person, with a note of the request', async () => {
    const { target, account, made, url } = await openHighrise();
    const request = pushRequest({
      title: 'Drucker brennt 🔥 <b>',
      values: { ...pushRequest().values, sPhone: '555-0100' },
    });
    const receipt = await target.push(request, context());
    const [person] = account.people;
    expect(receipt).toEqual({ id: String(person?.id), link: `${url}/people/${person?.id}` });
    expect(person).toMatchObject({
      ...{ firstName: 'Bob', lastName: 'Jones', background: '', companyId: undefined, visibleTo: 'Everyone' },
      emails: [{ value: 'bob@example.com', location: 'Work' }],
      phones: [{ value: '555-0100', location: 'Work' }],
    });
    expect(made).toMatchObject([{ personId: person?.id, visibleTo: 'Everyone' }]);
    expect(made[0]?.body).toBe(
      `Drucker brennt 🔥 <b>\n\n${request.body}\n\n` +
        `HelpSpot request 12400: https://help.example.com/admin?pg=request&reqid=12400\n\n${request.reference}`,
    );
  });

  it('has every field', async () => {
    const customFields = { region: 'Sales Region' };
    const { target, account, made } = await openHighrise({}, { customFields });
    const fields = {
      ...{ first_name: 'Anna', last_name: 'Müller & Söhne', email: 'anna@example.org', phone: '+41 44 555 01 02' },
      ...{ company: 'Acme, <Inc.>', title: 'CEO', tags: 'From HelpSpot, vip,,vip', background: 'Line 1\nLine 2' },
      ...{ visible_to: 'namedgroup', group: '7', region: ' Chicago ' },
    };
    await target.push(pushRequest({ fields }), context());
    const [person] = account.people;
    expect(person).toMatchObject({
      ...{ firstName: 'Anna', lastName: 'Müller & Söhne', title: 'CEO', background: 'Line 1\nLine 2' },
      ...{ visibleTo: 'NamedGroup', groupId: 7, custom: new Map([[1, 'Chicago']]) },
      emails: [{ value: 'anna@example.org', location: 'Work' }],
      phones: [{ value: '+41 44 555 01 02', location: 'Work' }],
    });
    expect(person && account.companyOf(person)).toBe('Acme, <Inc.>');
    expect(Array.from(person?.tags ?? [], (id) => account.tags.get(id))).toEqual(['From HelpSpot', 'vip']);
    expect(made).toMatchObject([{ visibleTo: 'NamedGroup', groupId: 7 }]);
  });

  it('says in the log which fields are cut', async () => {
    const { target } = await openHighrise();
    const fields = {
      title: 'x'.repeat(256),
      tags: `vip, ${'y'.repeat(256)}`,
      company: 'z'.repeat(255),
      background: 'b'.repeat(256),
    };
    await target.push(pushRequest({ fields }), context());
    const said = target.log.lines.filter(({ message }) => message.endsWith('and were cut'));
    expect(said).toMatchObject([{ level: 'warn', fields: { fields: ['title', 'tags'] } }]);
  });

  it('takes the staff comment as the background of a new person', async () => {
    const { target, account } = await openHighrise();
    const values = { ...pushRequest().values, staff_comment: 'A good customer' };
    await target.push(pushRequest({ values }), context());
    expect(account.people[0]?.background).toBe('A good customer');
  });

  it('finds the person by e-mail address, in any case, and changes nothing but tags', async () => {
    const { target, account, made } = await openHighrise();
    const emails = [
      { value: 'other@example.com', location: 'Work' },
      { value: 'BOB@Example.com', location: 'Home' },
    ];
    account.add({ firstName: 'Bobby', email: 'bob@example.com.au' });
    const known = account.add({ firstName: 'Robert', emails, background: 'As it was', tags: ['VIP'] });
    account.add({ firstName: 'Bob again', email: 'bob@example.com' });
    const fields = { tags: 'vip, new', background: 'Not this', company: 'Acme' };
    expect(await target.push(pushRequest({ fields }), context())).toMatchObject({ id: String(known.id) });
    expect(account.people).toHaveLength(3);
    expect(known).toMatchObject({ firstName: 'Robert', background: 'As it was', companyId: undefined });
    expect(Array.from(known.tags, (id) => account.tags.get(id))).toEqual(['VIP', 'new']);
    expect(made).toMatchObject([{ personId: known.id }]);
  });

  it.each([true, false])(
    'without an address finds the person by name and company (name given: %s)',
    async (companyNames) => {
      const { target, account } = await openHighrise({ companyNames });
      account.add({ firstName: 'Bob', lastName: 'Jones', company: 'Other' });
      const known = account.add({ firstName: 'bob', lastName: 'JONES', company: 'acme, inc.' });
      account.add({ firstName: 'Bob', lastName: 'Jonestown', company: 'Acme, Inc.' });
      const values = { sFirstName: 'Bob', sLastName: 'Jones' };
      const request = pushRequest({ values, fields: { company: 'Acme, Inc.' } });
      expect(await target.push(request, context())).toMatchObject({ id: String(known.id) });
      expect(await target.findPush(request, context())).toMatchObject({ id: String(known.id) });
    },
  );

  it('without an address and a company finds the person by name and number, and by a name alone nobody', async () => {
    const { target, account } = await openHighrise();
    const known = account.add({ firstName: 'Bob', lastName: 'Jones', phone: '(845) 555-4278' });
    const values = { sFirstName: 'Bob', sLastName: 'Jones' };
    const withPhone = pushRequest({ values: { ...values, sPhone: '845.555.4278' } });
    expect(await target.push(withPhone, context())).toMatchObject({ id: String(known.id) });
    await target.push(pushRequest({ values }), context());
    expect(account.people).toHaveLength(2);
  });

  it.each([
    [
      { sLastName: 'Jones', sEmail: 'x@example.com' },
      { firstName: 'Jones', lastName: '' },
    ],
    [{ sEmail: 'bob.jones@example.com' }, { firstName: 'bob.jones', lastName: '' }],
    [{ sPhone: '555-0100' }, { firstName: '555-0100' }],
    [
      { sFirstName: 'Bob', sEmail: 'no address' },
      { firstName: 'Bob', emails: [] },
    ],
  ])('has a first name always: %j', async (values, expected) => {
    const { target, account } = await openHighrise();
    await target.push(pushRequest({ values }), context());
    expect(account.people).toMatchObject([expected]);
  });

  it('of nobody is refused before anything is asked', async () => {
    const { target, http } = await openHighrise();
    expect(await failureOf(target.push(pushRequest(nobody), context()))).toMatchObject({
      kind: 'rejected',
      unsent: true,
      message: 'the request has neither a name, an e-mail address nor a telephone number',
    });
    expect(http.received).toHaveLength(0);
  });

  it.each([
    [{ visible_to: 'Nobody' }, '"visible_to"'],
    [{ visible_to: 'NamedGroup' }, '"group"'],
    [{ visible_to: 'Owner', group: '7' }, '"group"'],
    [{ group: 'Sales' }, '"group"'],
  ])('with %j is refused', async (fields, words) => {
    const { target, http } = await openHighrise();
    expect(await failureOf(target.push(pushRequest({ fields }), context()))).toMatchObject({
      ...{ kind: 'rejected', unsent: true, message: expect.stringContaining(words) },
    });
    expect(http.received).toHaveLength(0);
  });

  it('with a custom field that Highrise does not have is refused, and nobody is made', async () => {
    const { target, account } = await openHighrise({}, { customFields: { shoe: 'Shoe size' } });
    expect(await failureOf(target.push(pushRequest({ fields: { shoe: '42' } }), context()))).toMatchObject({
      ...{ kind: 'rejected', unsent: true, message: 'Highrise has no custom field "Shoe size"' },
    });
    expect(account.people).toEqual([]);
  });

  it('cuts what is too long, says so, and keeps the reference', async () => {
    const { target, account, made } = await openHighrise();
    const request = pushRequest({ body: '🔥'.repeat(20_000), fields: { title: '🔥'.repeat(300) } });
    await target.push(request, context());
    expect(made[0]?.body).toContain(`🔥…\n\n(cut off here; the rest is in HelpSpot)`);
    expect(made[0]?.body.endsWith(`\n\n${request.reference}`)).toBe(true);
    expect(account.people[0]?.title).toBe(`${'🔥'.repeat(254)}…`);
    expect(await target.findPush(request, context())).toBeDefined();
  });
});

describe('the person', () => {
  it('is made once by pushes at the same time, though the search knows nobody new', async () => {
    const { target, account, made } = await openHighrise();
    account.searchLags = true;
    const requests = Array.from({ length: 5 }, () => pushRequest());
    const receipts = await Promise.all(requests.map((request) => target.push(request, context())));
    expect(account.people).toHaveLength(1);
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    expect(made).toHaveLength(5);
  });

  it('without anything but a name is made once for each push, whatever is repeated', async () => {
    const { target, account } = await openHighrise();
    const link = (id: number) => ({
      href: `https://help.example.com/admin?pg=request&reqid=${id}`,
      text: `Request ${id}`,
    });
    const request = pushRequest({ values: { sFirstName: 'Bob', staff_comment: 'Please\ncall' }, link: link(1) });
    await target.push(request, context());
    await target.push(request, context());
    expect(account.people).toHaveLength(1);
    expect(account.people[0]?.background).toBe(`Please\ncall\n\nRequest 1: ${link(1).href}`);
    // Another Bob, whatever the staff member wrote.
    await target.push({ ...request, link: link(2) }, context());
    const bare = pushRequest({ values: { sFirstName: 'Bob' }, link: undefined });
    await target.push(bare, context());
    await target.push(bare, context());
    expect(account.people).toHaveLength(3);
    expect(account.people[2]?.background).toBe(bare.reference);
  });

  it('is noted on once more after a tag was refused', async () => {
    const { target, made, http } = await openHighrise();
    const words = { status: 422, body: '<errors><error>Name is too silly</error></errors>' };
    await target.push(pushRequest(), context());
    // The first request is the search.
    http.faults = [{ delayMs: 0 }, words];
    await target.push(pushRequest({ fields: { tags: 'silly' } }), context());
    expect(made).toHaveLength(2);
    expect(target.log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: expect.stringContaining('Name is too silly') },
    ]);
  });
});

describe('a push is found again', () => {
  it('by its reference, and no other', async () => {
    const { target, account } = await openHighrise();
    const request = pushRequest();
    expect(await target.findPush(request, context())).toBeUndefined();
    await target.push({ ...pushRequest(), reference: `${request.reference}-2` }, context());
    expect(await target.findPush(request, context())).toBeUndefined();
    const receipt = await target.push(request, context());
    expect(await target.findPush(request, context())).toEqual(receipt);
    expect(account.people).toHaveLength(1);
  });

  it('behind many other notes, and on the second of two people with one address', async () => {
    const { target, account } = await openHighrise();
    account.add({ firstName: 'First', email: 'bob@example.com' });
    const second = account.add({ firstName: 'Second', email: 'bob@example.com' });
    const request = pushRequest();
    for (let index = 0; index < 60; index += 1) account.addNote(second.id, `Note ${index}`);
    account.addNote(second.id, `Somebody added a line\n\n(${request.reference})`);
    expect(await target.findPush(request, context())).toMatchObject({ id: String(second.id) });
  });
});

describe('details', () => {
  it.each([true, false])('show the person and the last note (company by name: %s)', async (companyNames) => {
    const { target, account, url } = await openHighrise({ companyNames });
    const person = account.add({
      ...{ firstName: 'John', lastName: 'Doe', title: 'CEO', company: 'Doe Inc.', background: 'Popular' },
      ...{ tags: ['Partner', 'VIP'], phone: '555-0100' },
      emails: [
        { value: 'home@example.com', location: 'Home' },
        { value: 'work@example.com', location: 'Work' },
      ],
    });
    for (let index = 0; index < 30; index += 1)
      account.addNote(person.id, `Note ${index}`).created.setUTCSeconds(index);
    const details = await target.details(String(person.id), context());
    expect(details).toMatchObject({ title: 'John Doe', link: `${url}/people/${person.id}` });
    expect(Object.fromEntries(details?.rows.map(({ label, value }) => [label, value]) ?? [])).toMatchObject({
      ...{ Title: 'CEO', Background: 'Popular', Tags: ['Partner', 'VIP'], Phone: ['555-0100'], 'Last note': 'Note 29' },
      ...{ Email: ['work@example.com', 'home@example.com'], Noted: expect.any(Date) },
      Company: { href: `${url}/companies/${person.companyId}`, text: 'Doe Inc.' },
    });
  });

  it('have the last note, should Highrise give the oldest first', async () => {
    const { target, account } = await openHighrise();
    account.notesOrder = 'oldest first';
    const { id } = account.add({ firstName: 'John' });
    for (let index = 0; index < 55; index += 1) account.addNote(id, `Note ${index}`).created.setUTCSeconds(index);
    const rows = (await target.details(String(id), context()))?.rows;
    expect(rows).toContainEqual({ label: 'Last note', value: 'Note 54' });
  });

  it('of somebody without anything are few', async () => {
    const { target, account } = await openHighrise();
    const { id } = account.add({ firstName: 'John' });
    const rows = (await target.details(String(id), context()))?.rows ?? [];
    expect(rows.filter(({ value }) => value !== undefined).map(({ label }) => label)).toEqual(['Person']);
  });

  it('of somebody who is gone there are none', async () => {
    const { target, http } = await openHighrise();
    expect(await target.details('99', context())).toBeUndefined();
    expect(http.received).toHaveLength(1);
  });
});

describe('no content', () => {
  it('breaks out of the XML, or is changed on the way', async () => {
    const { target, account, made } = await openHighrise({}, { requestsPerSecond: 1_000 });
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '</body></note><note>',
        ']]>',
        '<![CDATA[',
        '&amp;',
        '&#0;',
        '\r\n',
        '<!DOCTYPE a>',
        '\0',
        '\ud800',
      ),
    );
    const text = fc.array(nasty, { maxLength: 4 }).map((parts) => parts.join(''));
    const legal = (given: string) =>
      given.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
    let run = 0;
    await fc.assert(
      fc.asyncProperty(text, text, text, text, async (title, body, name, comment) => {
        run += 1;
        const values = { sEmail: `p${run}@example.com`, sLastName: name, staff_comment: comment };
        const fields = { first_name: `A${name}`, company: name, title: name };
        const request = pushRequest({ title, body, fields, values, link: undefined });
        await target.push(request, context());
        const parts = [legal(title).trim(), legal(body).trim(), request.reference].filter((part) => part !== '');
        expect(made.at(-1)?.body).toBe(parts.join('\n\n'));
        const person = account.people.at(-1);
        const line = legal(name).trim().replace(/\s+/g, ' ');
        expect(person).toMatchObject({
          firstName: legal(`A${name}`).trim().replace(/\s+/g, ' '),
          title: line,
          background: legal(comment).trim(),
          emails: [{ value: `p${run}@example.com`, location: 'Work' }],
        });
        expect(person && (account.companyOf(person) ?? '').toLowerCase()).toBe(line.toLowerCase());
        // Not among the recent changes of the next run.
        if (person !== undefined) person.updated = new Date(0);
      }),
      runs(80),
    );
    expect(made).toHaveLength(run);
    expect(account.people).toHaveLength(run);
  });
});

describe('settings', () => {
  const url = 'https://example.highrisehq.com';
  const placesOf = (given: object) =>
    highrise.settings.safeParse(given).error?.issues.map(({ path }) => path.join('.'));

  it('are few', () => {
    expect(placesOf({ url, token: 'abc' })).toBeUndefined();
    expect(placesOf({ url: `${url}/people`, token: 'a:b' })).toEqual(['url', 'token']);
    expect(placesOf({ url, token: 'a b' })).toEqual(['token']);
  });

  it('keep the names of custom fields apart from those of every person', () => {
    expect(placesOf({ url, token: 'abc', customFields: { email: 'Mail' } })).toHaveLength(1);
    expect(
      placesOf({ url, token: 'abc', customFields: { region: { label: 'Sales Region', criterion: 'a]b' } } }),
    ).toHaveLength(1);
    const settings = highrise.settings.parse({ url, token: 'abc', customFields: { region: 'Sales Region' } });
    expect(highrise.pushOf?.(settings).fields).toMatchObject({
      region: 'the custom field "Sales Region" of a new person',
    });
  });
});
