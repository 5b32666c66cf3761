/** The shared part of pushes into SQL tables: settings, statements, and what is known when something goes wrong. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import mysql from '../../../adapters/mysql/index.ts';
import sqlite from '../../../adapters/sqlite/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { DeadlineExceeded, SourceError, surelyNotDone, UserError } from '../../../src/contract/index.ts';
import type { SqlDialect } from '../../../src/kit/sql/dialect.ts';
import { insertShape } from '../../../src/kit/sql/insert-settings.ts';
import { insertionOf, insertText, layoutOf } from '../../../src/kit/sql/insertion.ts';
import { createServerWriter, type WriteSession } from '../../../src/kit/sql/writer.ts';
import { temporaryFolder } from '../../support/temp.ts';

const column = (name: string, more: object = {}) => ({ name, text: true, ...more });
const row = insertionOf('t', column('id'), [{ column: column('a'), value: 'x' }], 'postgres');
const soon = () => AbortSignal.timeout(10_000);

describe('the settings', () => {
  const mistakes = (insert: object) => {
    const read = z.strictObject(insertShape).safeParse({ insert });
    return read.success ? [] : read.error.issues.map(({ path }) => path.join('.'));
  };

  test.each([
    [{ table: 't' }, []],
    [{ table: 't', link: 'https://erp.example.com/{{id}}', details: { Status: 'status' } }, []],
    [{ table: 't', link: 'javascript:alert({{id}})' }, ['insert.link']],
    [{ table: 't', link: 'https://erp.example.com/{{sTitle}}' }, ['insert.link']],
    [{ table: 't', link: '/tickets/{{id}}' }, ['insert.link']],
    [{ table: 't', details: {} }, ['insert.details']],
    [{ title: 'subject' }, ['insert.table']],
    [{ table: 't', tittle: 'subject' }, ['insert']],
  ])('%j', (insert, wrong) => expect(mistakes(insert)).toEqual(wrong));

  test('a push target whose source has no "insert" is a mistake of the configuration that says what to add', async () => {
    const file = join(await temporaryFolder(), 'gateway.yaml');
    const load = async (insert: string) => {
      await writeFile(
        file,
        `sources:\n  erp: { adapter: sqlite, file: erp.db, table: tickets${insert} }\npush:\n  Erp: { source: erp, fields: { owner: "{{xPersonAssignedTo}}" } }\n`,
      );
      return await loadConfiguration(file, { sqlite: async () => sqlite, mysql: async () => mysql }, {});
    };
    await expect(load('')).rejects.toThrow(
      /push\.Erp\.source.*cannot be pushed to.*add insert: \{ table: … \} to the source/s,
    );
    expect([...(await load(', insert: { table: tickets }')).push.keys()]).toEqual(['Erp']);
  });
});

describe('the statement', () => {
  test.each<[SqlDialect, string]>([
    ['postgres', `INSERT INTO "sales"."a""b" ("x] ', \`", "y") VALUES (?0, ?1)`],
    ['sqlite', `INSERT INTO "sales"."a""b" ("x] ', \`", "y") VALUES (?0, ?1)`],
    ['mysql', 'INSERT INTO `sales`.`a"b` (`x] \', ```, `y`) VALUES (?0, ?1)'],
    ['mssql', 'INSERT INTO [sales].[a"b] ([x]] \', `], [y]) VALUES (?0, ?1)'],
  ])('of %s has its names quoted and no value', (dialect, text) => {
    const cells = ["x] ', `", 'y'].map((name) => ({ column: column(name), value: "'); DROP TABLE t; --" }));
    const made = insertionOf('sales.a"b', column('id'), cells, dialect);
    expect(insertText(made, (index) => `?${index}`)).toBe(text);
    expect(made.values).toEqual(cells.map(({ value }) => value));
  });

  test('half of a character is none', () => {
    expect(insertionOf('t', column('id'), [{ column: column('a'), value: 'a\ud83d' }], 'mysql').values).toEqual([
      'a\ufffd',
    ]);
  });
});

describe('the columns', () => {
  const present = [column('id', { key: true, integer: true }), column('Subject'), column('n', { integer: true })];

  test('take names in any case, and every column is shown but title and reference', () => {
    const { key, title, shown } = layoutOf(present, { table: 't', title: 'subject' });
    expect([key.name, title?.name, [...shown.keys()]]).toEqual(['id', 'Subject', ['id', 'n']]);
  });

  test('the id is the primary key if it is one column, else the reference', () => {
    const keyless = present.map(({ name }) => column(name));
    const keys = present.map(({ name }) => column(name, { key: true }));
    expect(layoutOf(keyless, { table: 't', reference: 'Subject' }).key.name).toBe('Subject');
    expect(layoutOf(keys, { table: 't', id: 'n' }).key.name).toBe('n');
    expect(() => layoutOf(keys, { table: 't' })).toThrow(/no primary key of one column/);
    expect(() => layoutOf(present, { table: 't', reference: 'n' })).toThrow(/takes numbers only/);
  });
});

describe('what is known of a row when something goes wrong', () => {
  const never = new Promise<never>(() => {});
  const rejected = () => new SourceError('rejected', 'said no');
  const lost = () => new SourceError('unreachable', 'gone');
  const session = (parts: Partial<WriteSession>, ends: string[] = []): WriteSession => ({
    undoes: true,
    prove: async () => {},
    insert: async () => '1',
    commit: async () => {},
    close: async () => void ends.push('closed'),
    abandon: async () => void ends.push('abandoned'),
    ...parts,
  });
  const fail = (error: () => unknown) => async () => {
    throw error();
  };

  test.each<[string, Partial<WriteSession>, boolean, string]>([
    ['the connection breaks before the commit', { insert: fail(lost) }, true, 'abandoned'],
    ['the same where nothing is taken back', { insert: fail(lost), undoes: false }, false, 'abandoned'],
    ['the server refuses the row', { insert: fail(rejected) }, true, 'closed'],
    ['the server refuses the commit', { commit: fail(rejected) }, true, 'closed'],
    ['the connection breaks under the commit', { commit: fail(lost) }, false, 'abandoned'],
    ['the deadline comes before the commit', { insert: () => never }, true, 'abandoned'],
    ['the same where nothing is taken back', { insert: () => never, undoes: false }, false, 'abandoned'],
    ['the deadline comes under the commit', { commit: () => never }, false, 'abandoned'],
  ])('%s', async (_name, parts, isSure, end) => {
    const ends: string[] = [];
    const writer = createServerWriter({ where: 'db1', open: async () => session(parts, ends) });
    const error = await writer.insert(row, AbortSignal.timeout(50)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect(surelyNotDone(error)).toBe(isSure);
    await writer.close();
    expect(ends).toEqual([end]);
  });

  test('no connection, none in time, and a mistake of the administrator: nothing was sent', async () => {
    const controller = new AbortController();
    controller.abort(new DeadlineExceeded(5));
    const opens = [fail(lost), fail(() => new UserError('no file')), async () => await never];
    for (const open of opens) {
      const writer = createServerWriter({ where: 'db1', open: async () => await open() });
      const signal = open === opens[2] ? controller.signal : soon();
      const error = await writer.insert(row, signal).catch((thrown: unknown) => thrown);
      expect(surelyNotDone(error)).toBe(true);
    }
  });

  test('a question for a row waits until what was given up has ended on the server', async () => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const writer = createServerWriter({
      where: 'db1',
      open: async () => session({ commit: fail(lost), abandon: () => ended }),
    });
    await expect(writer.insert(row, soon())).rejects.toThrow('gone');
    await expect(writer.settled(AbortSignal.timeout(50))).rejects.toThrow();
    end();
    await writer.settled(soon());
  });
});
