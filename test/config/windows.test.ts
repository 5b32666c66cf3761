/** What Windows writes otherwise: line ends, paths, command files. No Windows runs here: paths are read by `path.win32`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { runGateway } from '../../src/cli/main.ts';
import { DEFAULTS } from '../../src/config/defaults.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { isPath, pathFrom, shownFrom } from '../../src/config/paths.ts';
import { pipeOf, socketMistake } from '../../src/config/pipe.ts';
import { runCommand } from '../support/terminal.ts';
import { mistakesOf, temporaryFolder } from './files.ts';

interface Asking {
  questionOf(args: readonly string[], platform: NodeJS.Platform): { readonly socket: string } | undefined;
}
const { questionOf }: Asking = createRequire(import.meta.url)('../../bin/ask-gateway.cjs');

describe('files with the line ends of Windows', () => {
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');

  it('are read: YAML, secrets, CSV, with and without a byte order mark', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'gateway.yaml');
    const configuration = `# comment
access:
  keys: [{ name: hs, secret: "\${file:key.txt}" }]
sources:
  people: { adapter: csv, file: people.csv }
  erp:
    adapter: mysql
    host: db
    database: erp
    user: gw
    password: x
    query: |
      SELECT 1 AS customer_id
      FROM t
lookups:
  default: { sources: people }
`;
    writeFileSync(join(folder, 'key.txt'), '\uFEFFsixteen characters of a key\r\n');
    writeFileSync(join(folder, 'people.csv'), '\uFEFFcustomer_id,city\r\n12,"Bern"\r\n13,Uri\r\n');
    for (const mark of ['', '\uFEFF']) {
      writeFileSync(file, mark + crlf(configuration));
      const plan = await loadConfiguration(file, adapters, {});
      expect(plan.access.keys).toEqual([{ name: 'hs', secret: 'sixteen characters of a key' }]);
      expect(plan.sources.get('erp')?.settings).toMatchObject({ query: 'SELECT 1 AS customer_id\nFROM t\n' });
      const words = ['lookup', 'default', `--config=${file}`, '--json', '--'];
      const found = await runCommand(runGateway, [...words, '--customer_id=12']);
      expect(JSON.parse(found.stdout).customers).toEqual([{ customer_id: '12', city: 'Bern' }]);
    }
    writeFileSync(file, crlf(configuration.replace('sources: people', 'sources: peple')));
    await expect(loadConfiguration(file, adapters, {})).rejects.toThrow(/gateway\.yaml:16:\d+ .*did you mean "people"/);
  });
});

describe('paths', () => {
  it('count from the folder of the configuration, in both ways of writing', () => {
    const folder = 'C:\\ProgramData\\helpspot-gateway';
    const cases = [
      ['people.csv', `${folder}\\people.csv`],
      ['../var/gateway.db', 'C:\\ProgramData\\var\\gateway.db'],
      ['..\\var\\gateway.db', 'C:\\ProgramData\\var\\gateway.db'],
      ['D:\\crm\\people.csv', 'D:\\crm\\people.csv'],
      ['D:/crm/people.csv', 'D:\\crm\\people.csv'],
      ['\\\\files\\crm\\people.csv', '\\\\files\\crm\\people.csv'],
      ['//files/crm/people.csv', '\\\\files\\crm\\people.csv'],
    ] as const;
    for (const [written, path] of cases) expect(pathFrom(folder, written, win32)).toBe(path);
    expect(pathFrom('/etc/gw', '../var/a.db', posix)).toBe('/etc/var/a.db');
  });

  it('are told from names of packages, and shown', () => {
    for (const word of ['./crm.js', '..\\crm.js', '.\\crm.js', 'C:\\crm.js', 'C:/crm.js', '\\\\files\\crm.js']) {
      expect([word, isPath(word, win32)]).toEqual([word, true]);
    }
    for (const word of ['crm', '@acme/crm', 'crm\\x', '.crm'])
      expect([word, isPath(word, win32)]).toEqual([word, false]);
    expect(shownFrom('C:\\gw', 'C:\\gw\\conf\\a.yaml', win32)).toBe('conf\\a.yaml');
    expect(shownFrom('C:\\gw', 'D:\\gw\\a.yaml', win32)).toBe('D:\\gw\\a.yaml');
    expect(shownFrom('C:\\', 'C:\\gw\\a.yaml', win32)).toBe('C:\\gw\\a.yaml');
    expect(shownFrom('/gw', '/etc/a.yaml', posix)).toBe('/etc/a.yaml');
  });

  it('in double quotes are told with their place, whatever the letters behind the backslashes', async () => {
    const of = (path: string) =>
      mistakesOf(`sources:\n  people: { adapter: csv, file: ${path} }\nlookups: { default: { sources: people } }\n`);
    for (const path of ['"C:\\temp\\new.csv"', '"\\\\srv\\new.csv"', '"C:\\crm\\people.csv"']) {
      expect(await of(path)).toMatch(/^2:\d+ .*use single quotes/m);
    }
    expect(await of("'C:\\temp\\new.csv'")).not.toContain('quotes');
    expect(await of('"C:\\\\temp\\\\new.csv"')).not.toContain('quotes');
  });
});

describe('the pipe of the command line', () => {
  const config = String.raw`C:\ProgramData\helpspot-gateway\gateway.yaml`;
  const pipe = String.raw`\\.\pipe\helpspot-gateway-c4c4`;

  it('has a name that follows from the path of the configuration, however it is written', () => {
    const name = pipeOf('../var/gateway.sock', config, 'win32') ?? '';
    expect(name).toMatch(/^\\\\\.\\pipe\\helpspot-gateway-[0-9a-f]{16}$/);
    for (const same of [
      'C:/ProgramData/helpspot-gateway/gateway.yaml',
      config.toUpperCase(),
      `${win32.dirname(config)}\\..\\helpspot-gateway\\gateway.yaml`,
    ]) {
      expect(pipeOf('../var/gateway.sock', same, 'win32')).toBe(name);
    }
    expect(pipeOf('../var/gateway.sock', String.raw`D:\gateway.yaml`, 'win32')).not.toBe(name);
    expect(pipeOf(pipe, config, 'win32')).toBe(pipe);
    expect(pipeOf('../var/gateway.sock', '/etc/gateway.yaml', 'linux')).toBeUndefined();
    expect(DEFAULTS.socketFile).toBe('../var/gateway.sock');
  });

  it('is asked for by the name that the gateway listens at', () => {
    const file = join(temporaryFolder(), 'gateway.yaml');
    writeFileSync(file, '');
    const asked = (...args: readonly string[]) =>
      questionOf([...args, `--config=${file}`, '--customer_id=1'], 'win32')?.socket;
    expect(asked()).toBe(pipeOf(DEFAULTS.socketFile, file, 'win32'));
    expect(asked(`--socket=${pipe}`)).toBe(pipe);
    // Another machine, and what is no pipe.
    for (const other of [String.raw`\\fileserver\pipe\x`, String.raw`C:\gateway.sock`, '/tmp/x']) {
      expect(asked(`--socket=${other}`)).toBeUndefined();
    }
  });

  it('is refused in words where it cannot be', async () => {
    const mistake = (file: string, platform: 'win32' | 'linux', access: 'owner' | 'group' = 'owner') =>
      socketMistake({ file, access }, platform);
    expect(mistake(pipe, 'win32')).toBeUndefined();
    expect(mistake(DEFAULTS.socketFile, 'win32')).toBeUndefined();
    expect(mistake('/run/gateway.sock', 'linux', 'group')).toBeUndefined();
    for (const other of [String.raw`\\fileserver\pipe\x`, String.raw`\\.\pipe\a\b`, String.raw`C:\gw\gateway.sock`]) {
      expect(mistake(other, 'win32')).toMatchObject({
        key: 'socket',
        words: expect.stringContaining('is no named pipe'),
      });
    }
    expect(mistake(pipe, 'win32', 'group')).toMatchObject({ key: 'socketAccess' });
    expect(await mistakesOf(`server: { socket: '${pipe}' }\nlookups: {}\n`)).toContain(
      'server.socket: is a named pipe of Windows, which this system has not; write the path of a Unix socket, or leave it out',
    );
  });
});

describe('command files', () => {
  it.each([
    ['helpspot-gateway', 'helpspot-gateway'],
    ['livelookup', 'livelookup.cjs'],
  ])('bin/%s.cmd starts the program beside it, with all arguments', (name, program) => {
    const file = new URL(`../../bin/${name}.cmd`, import.meta.url);
    const lines = readFileSync(file, 'utf8').split('\r\n');
    expect(lines.join('')).not.toContain('\n');
    expect(lines.slice(-2)).toEqual([`node "%~dp0${program}" %*`, '']);
    // cmd.exe puts the folder of the command file, with its backslash, in place of %~dp0.
    expect(readFileSync(join(dirname(file.pathname), program), 'utf8')).toMatch(/^#!/);
  });
});
