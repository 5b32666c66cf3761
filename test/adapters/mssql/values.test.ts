import mssql from 'mssql';
import { describe, expect, it } from 'vitest';
import { asFailure, isLost } from '../../../adapters/mssql/failures.ts';
import { cellOf, heldBy, isInteger, isText } from '../../../adapters/mssql/values.ts';
import { fieldValue } from '../../../src/kit/sql/records.ts';

/** A cell of a column of this type, as a value of a record. */
function value(raw: unknown, type: unknown, scale = 0): unknown {
  return fieldValue(cellOf(raw, { name: 'x', type, scale }, 'UTC'), false);
}

describe('cells', () => {
  it.each([
    ['a decimal with its digits', 12.5, mssql.Decimal, 2, '12.50'],
    ['a numeric without a fraction', 12, mssql.Numeric, 0, '12'],
    ['money with two digits', 3.5, mssql.Money, 0, '3.50'],
    ['money with four, where it has them', 3.1234, mssql.SmallMoney, 0, '3.1234'],
    ['money in round tens of thousands', 0.01, mssql.Money, 0, '0.01'],
    ['a date without a time', new Date('1980-02-29T00:00:00Z'), mssql.Date, 0, '1980-02-29'],
    ['a time of day', new Date('1970-01-01T13:05:09Z'), mssql.Time, 7, '13:05:09'],
    ['a time of day with a fraction', new Date('1970-01-01T13:05:09.120Z'), mssql.Time, 7, '13:05:09.120'],
    ['a char without what fills it up', 'AB        ', mssql.Char, 0, 'AB'],
    ['an nvarchar as it is', ' AB ', mssql.NVarChar, 0, ' AB '],
    ['a bigint as its text', '9223372036854775807', mssql.BigInt, 0, '9223372036854775807'],
    ['an int as a number', 42, mssql.Int, 0, 42],
    ['a float as a number', 0.1, mssql.Float, 0, 0.1],
    ['a bit as true or false', false, mssql.Bit, 0, false],
    ['a NULL as no field', null, mssql.NVarChar, 0, undefined],
    ['an empty char as no field', '    ', mssql.NChar, 0, undefined],
    ['bytes as no field', Buffer.from('ab'), mssql.VarBinary, 0, undefined],
    ['a geography as no field', { points: [] }, mssql.Geography, 0, undefined],
  ])('%s', (_title, raw, type, scale, expected) => {
    expect(value(raw, type, scale)).toEqual(expected);
  });

  it('a datetime as a date', () => {
    const date = new Date('2026-11-21T10:00:00Z');
    expect(value(date, mssql.DateTime2)).toEqual(date);
    expect(value(new Date(Number.NaN), mssql.DateTime2)).toBeUndefined();
  });

  it('know what compares as text and as a number', () => {
    const kinds = (type: unknown) => [isText({ name: 'x', type }), isInteger({ name: 'x', type })];
    expect(kinds(mssql.NVarChar)).toEqual([true, false]);
    expect(kinds(mssql.Char)).toEqual([true, false]);
    expect(kinds(mssql.BigInt)).toEqual([false, true]);
    // SQL Server cannot sort these.
    for (const type of [mssql.Text, mssql.NText, mssql.Xml, mssql.Date]) expect(kinds(type)).toEqual([false, false]);
  });

  it('know what cannot be sorted by', () => {
    const unsorted = (type: unknown) => heldBy({ name: 'x', type }, 'UTC').unsorted;
    const { Text, NText, Image, Xml, Geometry, Geography } = mssql;
    const types = [Text, NText, Image, Xml, Geometry, Geography];
    expect(types.map(unsorted)).toEqual(['text', 'ntext', 'image', 'xml', 'geometry', 'geography']);
    const { NVarChar, Int, DateTime2, Bit, UniqueIdentifier, VarBinary } = mssql;
    for (const type of [NVarChar, Int, DateTime2, Bit, UniqueIdentifier, VarBinary]) {
      expect(unsorted(type)).toBeUndefined();
    }
  });
});

/** An error of the driver with a number of the server's. */
function refusal(number: number, message: string): Error {
  return Object.assign(new Error(message), { code: 'EREQUEST', number });
}

describe('errors of the server', () => {
  it.each([
    [229, 'unauthorized', 'GRANT SELECT'],
    [4060, 'rejected', 'CREATE USER'],
    [208, 'rejected', 'schema'],
    [207, 'rejected', 'columns'],
    [1205, 'rejected', 'READ COMMITTED SNAPSHOT'],
    [18456, 'unauthorized', 'user and password'],
    [40615, 'unauthorized', 'Networking'],
    [7346, 'rejected', 'several values'],
  ])('%i has a remedy', (number, kind, remedy) => {
    expect(asFailure(refusal(number, 'x'), 'erp:1433')).toMatchObject({
      kind,
      remedy: expect.stringContaining(remedy),
    });
  });

  it('name the table and the column, and never a value', () => {
    const table = asFailure(refusal(208, "Invalid object name 'custs'."), 'erp:1433');
    expect(table).toMatchObject({ message: "erp:1433 has no such table or view: Invalid object name 'custs'." });
    const conversion = "Conversion failed when converting the nvarchar value 'secret' to data type int.";
    expect(asFailure(refusal(245, conversion), 'erp')).not.toMatchObject({
      message: expect.stringContaining('secret'),
    });
    expect(asFailure(refusal(99_999, "It has 'secret' in it"), 'erp')).toMatchObject({
      message: "erp says (error 99999): It has '…' in it",
    });
  });

  it('of a login are known by what the server said first', () => {
    const login = Object.assign(new Error("Login failed for user 'x'."), { code: 'ELOGIN' });
    const word = { number: 4060, message: 'Cannot open database "no" requested by the login.' };
    expect(asFailure(login, 'erp', word)).toMatchObject({
      kind: 'rejected',
      message: 'erp does not open the database: Cannot open database "no" requested by the login.',
    });
    expect(asFailure(login, 'erp')).toMatchObject({ kind: 'unauthorized' });
  });

  it('tell a lost connection from a refused statement', () => {
    const lost = Object.assign(new Error('Connection lost - read ECONNRESET'), { code: 'ESOCKET' });
    expect(isLost(lost)).toBe(true);
    expect(isLost(refusal(208, 'before completing'))).toBe(false);
    expect(asFailure(lost, 'erp')).toMatchObject({ kind: 'unreachable', message: 'erp broke the connection off' });
    expect(asFailure(new RangeError('The value of "offset" is out of range. It must be'), 'erp')).toMatchObject({
      kind: 'unreachable',
    });
  });

  it('leave our own mistakes as they are', () => {
    const bug = new TypeError('x is not a function');
    expect(asFailure(bug, 'erp')).toBe(bug);
  });
});
