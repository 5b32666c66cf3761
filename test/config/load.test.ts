import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { UserError } from '../../src/contract/index.ts';
import { directory, list, testAdapters } from './adapters.ts';
import { load, mistakesOf, REST, temporaryFolder, writeConfiguration } from './files.ts';

describe('a whole configuration', () => {
  const text = `
server: { host: 0.0.0.0, port: 80, deadline: 1.5s, trustProxy: [10.0.0.0/8, "fd00::/8"] }
access:
  keys: [{ name: helpspot, secret: "\${GATEWAY_KEY}" }, { name: other, secret: "\${file:secrets/other}", role: viewer }]
  networks: [127.0.0.0/8, "::1"]
  ratePerMinute: 0
log: { level: debug, customerValues: true, format: pretty, file: ../var/gateway.log, megabytes: 2, keep: 3 }
commandLine: { customFields: [7, 1, 5] }
sources:
  customers: { adapter: list, title: Customer list, timeout: 500ms, file: ../data/customers.csv, skip: 2 }
  staff: { adapter: directory, url: "ldaps://dc1.example.com", bindPassword: "\${AD_PASSWORD}" }
lookups:
  default: { sources: [staff, customers], columns: [email], limit: 7, mergeBy: email }
  guests: { sources: customers, match: [email] }
`;
  const surroundings = {
    environment: { GATEWAY_KEY: 'the key of the gateway', AD_PASSWORD: 'pass=word/1' },
    files: { 'secrets/other': 'a key out of a file\n' },
  };

  test('becomes the plan', async () => {
    const plan = await load(text, surroundings);
    expect(plan.server).toEqual({
      host: '0.0.0.0',
      port: 80,
      deadlineMs: 1500,
      trustProxy: ['10.0.0.0/8', 'fd00::/8'],
      socket: { access: 'owner', file: expect.stringMatching(/var\/gateway\.sock$/) },
    });
    expect(plan.access).toEqual({
      keys: [
        { name: 'helpspot', secret: 'the key of the gateway' },
        { name: 'other', secret: 'a key out of a file', role: 'viewer' },
      ],
      networks: ['127.0.0.0/8', '::1'],
      ratePerMinute: 0,
    });
    expect(plan.log).toEqual({
      level: 'debug',
      customerValues: true,
      format: 'pretty',
      file: { path: resolve(dirname(plan.file), '../var/gateway.log'), bytes: 2 * 1024 * 1024, keep: 3 },
    });
    expect(plan.commandLine).toEqual({ customFields: [1, 5, 7] });
    expect([...plan.sources.keys()]).toEqual(['customers', 'staff']);
    expect(plan.sources.get('customers')).toEqual({
      name: 'customers',
      adapter: list,
      title: 'Customer list',
      timeoutMs: 500,
      concurrency: 8,
      breaker: { failures: 3, retryMs: 5_000, longestMs: 60_000 },
      cache: undefined,
      settings: { file: '../data/customers.csv', delimiter: ',', skip: 2, header: true },
      directory: dirname(plan.file),
      kinds: new Map(),
      dates: new Map(),
      written: [
        dirname(plan.file),
        '',
        undefined,
        expect.objectContaining({ adapter: 'list', title: 'Customer list' }),
      ],
    });
    expect(plan.sources.get('staff')).toMatchObject({
      adapter: directory,
      title: 'Directory',
      timeoutMs: undefined,
      settings: { bindPassword: 'pass=word/1', scope: 'subtree' },
    });
    expect([...plan.lookups.keys()]).toEqual(['default', 'guests']);
    expect(plan.lookups.get('default')).toMatchObject({
      name: 'default',
      sources: ['staff', 'customers'],
      columns: ['email'],
      limit: 7,
      mergeBy: ['email'],
      fields: undefined,
      otherFields: false,
    });
    expect(plan.lookups.get('guests')?.sources).toEqual(['customers']);
    expect([...plan.secrets].sort()).toEqual(['a key out of a file', 'pass=word/1', 'the key of the gateway']);
  });

  test('the least there can be has the defaults', async () => {
    const plan = await load(`server:\nlog: {}\n${REST}`);
    const socket = { access: 'owner', file: expect.stringMatching(/var\/gateway\.sock$/) };
    expect(plan.server).toEqual({ host: '127.0.0.1', port: 8787, deadlineMs: 5000, trustProxy: [], socket });
    expect(plan.access).toEqual({ keys: [], networks: [], ratePerMinute: 600 });
    expect(plan.log).toEqual({ level: 'info', customerValues: false, format: 'json' });
    expect(plan.commandLine).toEqual({ customFields: [] });
    expect(plan.lookups.get('default')).toMatchObject({ columns: [], limit: 50, mergeBy: [] });
    expect(plan.secrets).toEqual([]);
  });
});

describe('adapters', () => {
  test('only those that are named are imported', async () => {
    const { adapters, imported } = testAdapters();
    await loadConfiguration(writeConfiguration(REST), adapters, {});
    expect(imported).toEqual(['list']);
  });

  test('one that cannot be loaded tells why, with its place', async () => {
    const adapters = {
      list: async () => {
        throw new UserError('needs the package "ldapts"; run: npm install ldapts');
      },
    };
    const file = writeConfiguration(REST);
    await expect(loadConfiguration(file, adapters, {})).rejects.toThrow(
      `${file}:1:25 sources.customers.adapter: needs the package "ldapts"; run: npm install ldapts`,
    );
  });

  test('a bug in one is no mistake of the administrator', async () => {
    const bug = new TypeError('x is not a function');
    const adapters = { list: () => Promise.reject(bug) };
    await expect(loadConfiguration(writeConfiguration(REST), adapters, {})).rejects.toBe(bug);
  });
});

describe('paths', () => {
  test('are relative to the file that names them, wherever the process stands', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'config'));
    writeFileSync(join(folder, 'key'), 'sixteen characters');
    const file = join(folder, 'config', 'gateway.yaml');
    writeFileSync(file, `access: { keys: [{ name: a, secret: "\${file:../key}" }] }\n${REST}`);
    const plan = await loadConfiguration(file, testAdapters().adapters, {});
    expect(plan.file).toBe(file);
    expect(plan.access.keys[0]?.secret).toBe('sixteen characters');
    expect(plan.sources.get('customers')?.directory).toBe(join(folder, 'config'));
  });

  test('the plan has the absolute path of a relative one', async () => {
    const file = writeConfiguration(REST);
    const before = process.cwd();
    try {
      process.chdir(dirname(file));
      expect((await loadConfiguration('gateway.yaml', testAdapters().adapters, {})).file).toBe(file);
      writeFileSync(file, 'log: { level: loud }');
      await expect(loadConfiguration(file, {}, {})).rejects.toThrow(/^gateway\.yaml:1:1 sources/);
    } finally {
      process.chdir(before);
    }
  });
});

describe('values from the environment where a number or true is expected', () => {
  test('are turned', async () => {
    const environment = {
      PORT: '8080',
      SKIP: ' 3\n',
      HEADER: 'false',
      LIMIT: '20',
      RATE: '5',
      FIELD: '7',
      DELIMITER: '1',
    };
    const plan = await load(
      `
server: { port: "\${PORT}" }
access: { ratePerMinute: "\${RATE}" }
log: { customerValues: "\${UNSET:-true}" }
commandLine: { customFields: ["\${FIELD}"] }
sources:
  customers:
    adapter: list
    file: a.csv
    skip: \${SKIP}
    header: \${HEADER}
    delimiter: \${DELIMITER}
lookups: { default: { sources: customers, limit: "\${LIMIT}" } }
`,
      { environment },
    );
    expect(plan.server.port).toBe(8080);
    expect(plan.access.ratePerMinute).toBe(5);
    expect(plan.log.customerValues).toBe(true);
    expect(plan.commandLine.customFields).toEqual([7]);
    // The delimiter stays a text, because it must be one.
    expect(plan.sources.get('customers')?.settings).toEqual({ file: 'a.csv', skip: 3, header: false, delimiter: '1' });
    expect(plan.lookups.get('default')?.limit).toBe(20);
  });

  test('only from there, only as a whole, and within the limits', async () => {
    const environment = { PORT: '80x', BIG: '99999', YES: 'yes', HEX: '0x50', LONG: '12345678901234567890' };
    const text = `
server: { port: "\${PORT}" }
log: { customerValues: "\${YES}" }
access: { ratePerMinute: "\${HEX}" }
sources: { customers: { adapter: list, file: a, skip: "5" } }
lookups: { default: { sources: customers, limit: "\${BIG}" } }
commandLine: { customFields: ["\${LONG}"] }
`;
    expect(await mistakesOf(text, { environment })).toMatchInlineSnapshot(`
      "2:11 server.port: must be a whole number from 0 to 65535 (here it comes from \${PORT}); write port: 8787
      3:8 log.customerValues: must be true or false (here it comes from \${YES}); write customerValues: false
      4:11 access.ratePerMinute: must be a whole number from 0 to 1000000 (here it comes from \${HEX}); write ratePerMinute: 600
      5:49 sources.customers.skip: must be a whole number from 0 to 100, not "5"; write skip: 5, without quotes
      6:43 lookups.default.limit: must be a whole number from 1 to 1000 (here it comes from \${BIG}); write limit: 50
      7:31 commandLine.customFields[0]: must be a whole number from 1 to 1000000 (here it comes from \${LONG}); write 5"
    `);
  });

  test('a password of digits stays a text', async () => {
    const text = `
sources: { ad: { adapter: directory, url: "ldaps://a", bindPassword: "\${PASSWORD}" } }
lookups: { default: { sources: ad } }
`;
    const plan = await load(text, { environment: { PASSWORD: '0123456789' } });
    expect(plan.sources.get('ad')?.settings).toMatchObject({ bindPassword: '0123456789' });
    expect(plan.secrets).toEqual(['0123456789']);
  });
});

describe('what is written of a source', () => {
  test('is equal for the same folder and settings, in any order; different for others', async () => {
    const file = writeConfiguration(`
sources:
  a: { adapter: list, file: x, skip: 1 }
  b: { skip: 1, file: x, adapter: list }
  c: { adapter: list, file: x, skip: 2 }
  d: { adapter: list, file: x, skip: 1, title: D }
  e: { adapter: list, file: x, skip: 1, timeout: 1s }
lookups: { default: { sources: a } }
`);
    const read = async () => {
      const plan = await loadConfiguration(file, testAdapters().adapters, {});
      return [...plan.sources.values()].map((source) => source.written);
    };
    const first = await read();
    expect(await read()).toEqual(first);
    const [a, b, ...others] = first;
    expect(a).toEqual(b);
    for (const [index, one] of others.entries()) {
      for (const other of [a, ...others.slice(index + 1)]) expect(isDeepStrictEqual(one, other)).toBe(false);
    }
    expect(isDeepStrictEqual(a, b)).toBe(true);
  });

  test('follows a secret', async () => {
    const text = `
sources: { a: { adapter: directory, url: "ldaps://a", bindPassword: "\${PASSWORD}" } }
lookups: { default: { sources: a } }
`;
    const file = writeConfiguration(text);
    const read = async (PASSWORD: string) => {
      const plan = await loadConfiguration(file, testAdapters().adapters, { PASSWORD });
      return plan.sources.get('a')?.written;
    };
    expect(await read('first password')).toEqual(await read('first password'));
    expect(await read('first password')).not.toEqual(await read('other password'));
  });
});
