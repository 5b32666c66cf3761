/** What a push does with somebody who is there already, and without notes. */

import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import type { Fault } from '../../support/http/stand-in.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { openHighrise } from './source.ts';

const NONE: Fault = { delayMs: 0 };
const REFUSE = { exists: 'refuse' };
const NO_NOTE = { note: false };

describe('somebody who is in Highrise already', () => {
  it('is an error where the settings say so, and nothing is changed', async () => {
    const { target, account, http, made } = await openHighrise({}, REFUSE);
    const known = account.add({ firstName: 'Robert', email: 'bob@example.com' });
    const failure = await failureOf(target.push(pushRequest({ fields: { tags: 'new' } }), context()));
    const words = `the person is already in Highrise, with the number ${known.id}`;
    expect(failure).toMatchObject({ kind: 'rejected', unsent: true, message: words, said: words });
    expect([account.people.length, known.tags.size, made.length]).toEqual([1, 0, 0]);
    expect(http.received.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('is an error for the next push of somebody new, whose first is taken', async () => {
    const { target, account, made } = await openHighrise({}, REFUSE);
    const request = pushRequest();
    await target.push(request, context());
    expect(account.people).toMatchObject([{ firstName: 'Bob', background: request.reference }]);
    expect(made).toHaveLength(1);
    for (const next of [pushRequest(), pushRequest({ reference: `${request.reference}0` })]) {
      expect(await failureOf(target.push(next, context()))).toMatchObject({ kind: 'rejected' });
    }
    expect([account.people.length, made.length]).toEqual([1, 1]);
  });

  it('is none for whom the same push has made: an answer that was lost is no "already"', async () => {
    for (const [faults, notes] of [
      [[NONE, NONE, 'cut-after'], 0],
      [[NONE, NONE, NONE, { status: 503 }], 0],
      [[NONE, NONE, NONE, 'cut-after'], 1],
    ] as const) {
      const { target, account, http, made } = await openHighrise({}, REFUSE);
      account.searchLags = true;
      http.faults = [...faults];
      const request = pushRequest({ values: { ...pushRequest().values, staff_comment: 'A good customer' } });
      await failureOf(target.push(request, context()));
      expect([account.people.length, made.length]).toEqual([1, notes]);
      const id = String(account.people[0]?.id);
      const found = await target.findPush(request, context());
      expect(found?.id).toBe(notes === 1 ? id : undefined);
      if (found === undefined) expect(await target.push(request, context())).toMatchObject({ id });
      expect([account.people.length, made.length]).toEqual([1, 1]);
      expect(account.people[0]?.background).toBe(`A good customer\n\n${request.reference}`);
    }
  });

  it('is known by nothing but a name, too, when the same request is pushed again', async () => {
    const { target, account } = await openHighrise({}, REFUSE);
    const values = { sFirstName: 'Bob', sLastName: 'Jones' };
    await target.push(pushRequest({ values }), context());
    expect(await failureOf(target.push(pushRequest({ values }), context()))).toMatchObject({ kind: 'rejected' });
    const link = { href: 'https://help.example.com/admin?pg=request&reqid=12401', text: 'HelpSpot request 12401' };
    await target.push(pushRequest({ values, link }), context());
    expect(account.people).toHaveLength(2);
  });
});

describe('a push without a note', () => {
  it('makes a person with their tags, and nothing else', async () => {
    const { target, account, made } = await openHighrise({}, NO_NOTE);
    const request = pushRequest({ fields: { tags: 'From HelpSpot' } });
    const receipt = await target.push(request, context());
    const [person] = account.people;
    expect(receipt).toMatchObject({ id: String(person?.id) });
    expect([person?.background, person?.tags.size, made.length]).toEqual([request.reference, 1, 0]);
    expect(await target.findPush(request, context())).toEqual(receipt);
    expect(await target.findPush(pushRequest({ fields: request.fields }), context())).toBeUndefined();
  });

  it('of somebody who is there adds the tags', async () => {
    const { target, account, made } = await openHighrise({}, NO_NOTE);
    const known = account.add({ firstName: 'Robert', email: 'bob@example.com', background: 'As it was' });
    const request = pushRequest({ fields: { tags: 'new' } });
    expect(await target.push(request, context())).toMatchObject({ id: String(known.id) });
    expect([known.background, known.tags.size, made.length]).toEqual(['As it was', 1, 0]);
  });

  it('whose answer was lost is found, or gone on with where it broke off', async () => {
    for (const [faults, isDone] of [
      [[NONE, NONE, 'cut-after'], false],
      [[NONE, NONE, NONE, { status: 503 }], false],
      [[NONE, NONE, NONE, 'cut-after'], true],
    ] as const) {
      const { target, account, http, made } = await openHighrise({}, { ...NO_NOTE, ...REFUSE });
      account.searchLags = true;
      http.faults = [...faults];
      const request = pushRequest({ fields: { tags: 'From HelpSpot' } });
      await failureOf(target.push(request, context()));
      expect(account.people).toHaveLength(1);
      const found = await target.findPush(request, context());
      expect(found !== undefined).toBe(isDone);
      if (found === undefined) await target.push(request, context());
      expect([account.people.length, account.people[0]?.tags.size, made.length]).toEqual([1, 1, 0]);
    }
  });
});
