/** What every SQL adapter must do with a push, against a server with two tables of tickets. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../../src/contract/index.ts';
import { sourceErrorOf } from '../failure-of.ts';
import { openWith } from '../open-source.ts';
import { openTarget, type PushSource, pushRequest } from '../push-source.ts';
import { runs } from '../runs.ts';
import { sqlInjections } from './injection.ts';
import { describePushBreaks } from './push-breaks.ts';
import type { PushSubject } from './push-subject.ts';

const PATIENCE_MS = 30_000;
const context = (milliseconds = PATIENCE_MS) => ({ signal: AbortSignal.timeout(milliseconds), reference: 'test' });
/** The settings of a source that only takes pushes. */
export const insert = { table: 'tickets', title: 'subject', body: 'body', reference: 'ref' };

/** Declares the tests. */
export function describePush(subject: PushSubject): void {
  const stored = subject.stored ?? ((text) => text);
  const open = async (more: object = {}): Promise<PushSource> =>
    await openTarget(subject.adapter, { ...subject.settings(), insert, ...more }, 'erp');

  test('a push is one row with the texts as they are, and its id is found again', async () => {
    const source = await open({ insert: { ...insert, link: 'https://erp.example.com/t/{{id}}' } });
    await source.check(context());
    const before = await subject.tickets();
    const request = pushRequest({
      title: 'Grüße 🚀',
      body: 'one\r\n\ttwo\n"three"',
      fields: { owner: "O'Neil", N: '42' },
    });
    const receipt = await source.push(request, context());
    const after = await subject.tickets();
    expect(after).toHaveLength(before.length + 1);
    const row = after.find(({ id }) => id === receipt.id);
    expect(row).toEqual({
      id: receipt.id,
      subject: request.title,
      body: request.body,
      owner: "O'Neil",
      ref: request.reference,
    });
    expect(receipt.link).toBe(`https://erp.example.com/t/${receipt.id}`);
    expect(await source.findPush?.(request, context())).toEqual(receipt);
    expect(await source.findPush?.(pushRequest(), context())).toBeUndefined();
    expect(source.find).toBeUndefined();
  });

  test('what it shows of a row later', async () => {
    const details = { Owner: 'owner', Number: 'n' };
    const source = await open({ insert: { ...insert, details, link: 'https://erp.example.com/t/{{id}}' } });
    const { id } = await source.push(pushRequest({ fields: { owner: 'Zoë', n: '7' } }), context());
    expect(await source.details?.(id, context())).toEqual({
      title: 'Printer on fire',
      link: `https://erp.example.com/t/${id}`,
      rows: [
        { label: 'Owner', value: 'Zoë' },
        { label: 'Number', value: 7 },
      ],
    });
    expect(await source.details?.('99999999', context())).toBeUndefined();
    expect(await source.details?.(`${id} OR 1=1`, context())).toBeUndefined();
    const all = await (await open()).details?.(id, context());
    expect(all?.rows.map(({ label }) => label)).toEqual(['id', 'body', 'owner', 'n']);
  });

  test('which fields a push can fill', async () => {
    const source = await open();
    expect(await source.pushFields?.(context())).toEqual(['id', 'subject', 'body', 'owner', 'n', 'ref']);
  });

  test('a key that is no number', async () => {
    const source = await open({ insert: { table: 'coded', title: 'subject' } });
    const receipt = await source.push(pushRequest({ title: 'A code' }), context());
    expect(await subject.codes()).toContain(receipt.id);
    expect((await source.details?.(receipt.id, context()))?.title).toBe('A code');
  });

  test('no text is SQL', async () => {
    const source = await open();
    const others = await subject.others();
    const before = await subject.tickets();
    const pushed = new Map<string, string>();
    for (const text of sqlInjections) {
      const { id } = await source.push(pushRequest({ title: text, body: text, fields: { owner: text } }), context());
      pushed.set(id, stored(text.toWellFormed()));
    }
    expect(pushed.size).toBe(sqlInjections.length);
    const after = await subject.tickets();
    expect(after.filter(({ id }) => !pushed.has(id))).toEqual(before);
    const made = after.flatMap(({ id, subject: title, body, owner }) =>
      pushed.has(id) ? [[id, title, body, owner]] : [],
    );
    expect(made).toEqual(Array.from(pushed, ([id, kept]) => [id, kept, kept, kept]));
    expect(await subject.others()).toBe(others);
  }, 120_000);

  test('any text arrives as it is', async () => {
    const source = await open();
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    // Twenty at a time: reading them back starts a program.
    const twenty = fc.array(fc.tuple(text, text), { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(twenty, async (pairs) => {
        const ids: string[] = [];
        for (const [title, body] of pairs) ids.push((await source.push(pushRequest({ title, body }), context())).id);
        const rows = await subject.tickets();
        expect(ids.map((id) => rows.find((one) => one.id === id))).toMatchObject(
          pairs.map(([title, body]) => ({ subject: stored(title), body: stored(body) })),
        );
      }),
      runs(2),
    );
  }, 120_000);

  test('a column that is not there is told with the nearest one, and nothing is done', async () => {
    const before = await subject.tickets();
    const error = await sourceErrorOf((await open()).push(pushRequest({ fields: { ownr: 'x' } }), context()));
    expect(error).toMatchObject({ kind: 'rejected', unsent: true, remedy: expect.stringContaining('"owner"') });
    const wrong = await open({ insert: { ...insert, title: 'subjekt' } });
    expect(await sourceErrorOf(wrong.check(context()))).toMatchObject({
      message: expect.stringContaining('has no column "subjekt"'),
      remedy: expect.stringContaining('"subject"'),
    });
    const nowhere = await open({ insert: { table: 'tikets' } });
    expect(await sourceErrorOf(nowhere.check(context()))).toMatchObject({
      remedy: expect.stringContaining('"tickets"'),
    });
    expect(await subject.tickets()).toEqual(before);
  });

  test('a column cannot get two values, and a row not none', async () => {
    const source = await open();
    await expect(source.push(pushRequest({ fields: { Subject: 'x' } }), context())).rejects.toThrow(UserError);
    const bare = await open({ insert: { table: 'tickets' } });
    await expect(bare.push(pushRequest(), context())).rejects.toThrow(/Nothing would be written into tickets/);
  });

  test('a row that the database refuses is told in its words, without the values', async () => {
    const source = await open();
    const before = await subject.tickets();
    const twice = pushRequest({ fields: { owner: 'first' } });
    await source.push(twice, context());
    for (const request of [twice, pushRequest({ fields: { n: 'four-thousand' } })]) {
      const error = await sourceErrorOf(source.push(request, context()));
      expect(error.kind).toBe('rejected');
      expect(`${error.message} ${error.remedy}`).not.toMatch(/four-thousand|hs-test/);
    }
    const { title: _, ...untitled } = insert;
    const error = await sourceErrorOf((await open({ insert: untitled })).push(pushRequest(), context()));
    expect(error).toMatchObject({ kind: 'rejected', message: expect.stringMatching(subject.constraintWords) });
    expect(await subject.tickets()).toHaveLength(before.length + 1);
  });

  test('a source without "insert" cannot be pushed to', async () => {
    const source = await openWith(subject.adapter, { ...subject.settings(), table: 'tickets' });
    expect(['push', 'findPush', 'details'].filter((word) => word in source)).toEqual([]);
    expect(subject.adapter.cannotPush?.({})).toContain('insert: { table: … }');
    expect(subject.adapter.cannotPush?.({ insert })).toBeUndefined();
  });

  test('it can be searched as well', async () => {
    const source = await open({ table: 'tickets' });
    await source.check(context());
    const { id } = await source.push(pushRequest({ title: 'Found by a lookup' }), context());
    const criteria = [{ field: 'subject', match: 'exact', value: 'Found by a lookup' } as const];
    const [found] = (await source.find?.({ criteria, limit: 5, parameters: {} }, context())) ?? [];
    expect(String(found?.['id'])).toBe(id);
  });

  const { readOnlySettings, lock, kill, start } = subject;
  if (readOnlySettings !== undefined) {
    test('an account that may not insert is told what to grant, by check too', async () => {
      const before = await subject.tickets();
      const source = await openTarget(subject.adapter, { ...readOnlySettings(), insert });
      for (const call of [() => source.check(context()), () => source.push(pushRequest(), context())]) {
        expect(await sourceErrorOf(call())).toMatchObject({
          kind: 'unauthorized',
          unsent: true,
          remedy: expect.stringMatching(/GRANT SELECT, INSERT ON .*tickets/),
        });
      }
      expect(await subject.tickets()).toEqual(before);
    });
  }

  if (lock !== undefined) {
    test('behind a lock, the deadline ends it, and it is never done afterwards', async () => {
      const source = await open();
      await source.push(pushRequest(), context());
      const before = await subject.tickets();
      const release = await lock();
      const request = pushRequest();
      try {
        const error = await sourceErrorOf(source.push(request, context(500)));
        expect(error.kind).toBe('timeout');
      } finally {
        await release();
      }
      expect(await source.findPush?.(request, context())).toBeUndefined();
      expect(await subject.tickets()).toEqual(before);
      await source.push(request, context());
      expect(await subject.tickets()).toHaveLength(before.length + 1);
    });
  }

  if (kill !== undefined && start !== undefined) describePushBreaks({ subject, open, kill, start });
}

/** Texts are read in hexadecimal digits: no tool of a database changes those. */
export function textOfHex(hex: string | null | undefined): string {
  return Buffer.from(hex ?? '', 'hex').toString('utf8');
}
