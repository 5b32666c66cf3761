import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { boundToUs } from '../support/child.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type CommandResult, runCommand } from '../support/terminal.ts';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
});

const run = (...args: readonly string[]) => runCommand(runGateway, args);

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Sets a configuration up in a new folder. */
const init = (...args: readonly string[]) => run('init', '--yes', `--out=${join(folder, 'gateway')}`, ...args);
const configuration = () => readFile(join(folder, 'gateway/gateway.yaml'), 'utf8');

/** What a lookup of the new configuration shows. */
async function found(...parameters: readonly string[]): Promise<string> {
  const { stdout, stderr, status } = await run('lookup', 'default', ...parameters, `--config=${folder}/gateway/gateway.yaml`);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

/** It was written, and checked without an error. */
function expectMade({ status, stdout, stderr }: CommandResult): void {
  expect(stderr).toBe('');
  expect(stdout).toMatch(/customers +\w+ +ok/);
  expect(stdout).not.toMatch(/^error:/m);
  expect(status).toBe(0);
}

const GERMAN = `Kd.-Nr.;Anrede;Vorname;Nachname;Firma;E-Mail-Adresse;Telefon (geschäftlich);Handy;Vertrag bis
0006;Herr;Jürg;Müller;Müller & Söhne AG;juerg.mueller@example.ch;+41 44 555 01 02;079 555 01 03;31.12.2026
0007;Frau;Anna;Groß;Groß GmbH;anna.gross@example.de;030 123450;;30.06.2027
`;

describe('helpspot-gateway init --csv', () => {
  it('reads a German export with semicolons in Windows-1252', async () => {
    const csv = await file('kunden.csv', Buffer.from(GERMAN, 'latin1'));
    const made = await init(`--csv=${csv}`, '--country=CH');
    expectMade(made);
    for (const [field, column] of [
      ['customer_id', 'Kd\\.-Nr\\.'],
      ['first_name', 'Vorname'],
      ['last_name', 'Nachname'],
      ['email', 'E-Mail-Adresse'],
      ['phone', 'Telefon \\(geschäftlich\\)'],
      ['mobile', 'Handy'],
      ['company', 'Firma'],
    ]) {
      expect(made.stdout).toMatch(new RegExp(`^  ${field} +${column} +by its name`, 'm'));
    }
    expect(made.stdout).toContain('Vertrag bis has dates as DD.MM.YYYY.');
    expect(made.stdout).toContain('it is read as windows-1252');
    // No value of a customer, no secret.
    const key = parseEnv(await readFile(join(folder, 'gateway/.env'), 'utf8'))['GATEWAY_KEY'] ?? '';
    expect(key).toMatch(/^[0-9a-f]{48}$/);
    for (const value of ['0006', 'Müller', 'juerg', '555 01', key]) expect(made.stdout).not.toContain(value);
    expect(await found('email=JUERG.MUELLER@example.ch')).toMatch(/last_name: +Müller/);
    expect(await found('phone=0445550102')).toMatch(/customer_id: +0006/);
    expect(await found('phone=+41 79 555 01 03')).toMatch(/customer_id: +0006/);
    expect(await found('customer_id=0007')).toMatch(/vertrag_bis: +2027-06-30/);
    expect(await found('last_name=mue')).toMatch(/anrede: +Herr/);
  });

  it('reads a quoted export with telephone numbers of the world', async () => {
    const csv = await file(
      'export.csv',
      '"Customer ID","Full Name","Work Email","Mobile Phone","Company Name","Notes"\r\n' +
        '"C-1","Smith, Bob","bob@example.com","+49 (0)30 123-45 67","Smith & ""Co""","first line\nsecond"\r\n' +
        '"C-2","Ann Other","ann@example.com","+1 845 555 4278","Other, Inc.",""\r\n',
    );
    expectMade(await init(`--csv=${csv}`));
    expect(await found('phone=030 1234567')).toMatch(/customer_id: +C-1/);
    expect(await found('email=ann@example.com')).toMatch(/full_name: +Ann Other/);
    expect(await found('first_name=ann', 'last_name=other')).toMatch(/customer_id: +C-2/);
    expect(await found('customer_id=c-1')).toMatch(/company: +Smith & "Co"/);
    expect(await configuration()).toContain('phone:       Mobile Phone');
  });

  it('tells columns with strange names by their values', async () => {
    const csv = await file('x.csv', 'A\tB\tC\tD\nx1\tann@example.com\t+49 30 1234567\tred\nx2\tbob@example.com\t+49 89 7654321\tred\n');
    const made = await init(`--csv=${csv}`);
    expectMade(made);
    expect(made.stdout).toMatch(/email +B +by its values/);
    expect(made.stdout).toMatch(/phone +C +by its values/);
    expect(made.stdout).toMatch(/customer_id +A +the only one that differs in each record/);
    expect(await found('phone=089 7654321')).toMatch(/customer_id: +x2/);
  });

  it('takes what is said before what it guesses', async () => {
    const csv = await file('y.csv', 'id,nr,mail,name\n1,A7,ann@example.com,Ann Other\n2,A8,bob@example.com,Bob Smith\n');
    const made = await init(`--csv=${csv}`, '--fields=customer_id=NR,full_name=-', '--port=0', '--name=crm-2');
    expect(made).toMatchObject({ status: 0, stderr: '' });
    expect(made.stdout).toMatch(/customer_id +nr +as you said/);
    expect(made.stdout).not.toContain('full_name');
    expect(await found('customer_id=a7')).toMatch(/email: +ann@example.com/);
  });
});
