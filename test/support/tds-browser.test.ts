/** The stand-in of the SQL Server Browser, byte by byte; test/adapters/mssql/instance.test.ts has it asked by two clients. */
import { describe, expect, it } from 'vitest';
import { answerTo } from './tds/browser.ts';

const instances = { MSSQLSERVER: 1433, erp: 50_123 };

describe('the SQL Server Browser', () => {
  it.each([0x02, 0x03])('names all instances to a request %i', (type) => {
    const answer = answerTo(Buffer.from([type]), instances) ?? Buffer.alloc(3);
    expect(answer[0]).toBe(0x05);
    expect(answer.readUInt16LE(1)).toBe(answer.length - 3);
    expect(answer.toString('latin1', 3)).toBe(
      'ServerName;STANDIN;InstanceName;MSSQLSERVER;IsClustered;No;Version;16.0.4135.4;tcp;1433;;' +
        'ServerName;STANDIN;InstanceName;erp;IsClustered;No;Version;16.0.4135.4;tcp;50123;;',
    );
  });

  it('names the one that is asked for, whatever its case', () => {
    const answer = answerTo(Buffer.from('\x04ERP\0'), instances)?.toString('latin1', 3);
    expect(answer).toMatch(/^ServerName;STANDIN;InstanceName;erp;.*;tcp;50123;;$/);
  });

  it.each([
    ['an instance that is not there', '\x04NONE\0'],
    ['a request with more behind it', '\x03more'],
    ['a request that it does not know', '\x07'],
    ['nothing', ''],
  ])('keeps silent to %s', (_title, request) => {
    expect(answerTo(Buffer.from(request), instances)).toBeUndefined();
  });
});
