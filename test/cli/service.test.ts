/** A service of systemd: its unit as systemd itself reads it, and what systemd is told, over a real socket of datagrams. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { startServing } from '../../src/cli/serve.ts';
import { serviceManager } from '../../src/cli/service-manager.ts';
import { systemdUnit } from '../../src/cli/systemd-unit.ts';
import { UserError } from '../../src/contract/index.ts';
import { until } from '../gateway/push/harness.ts';
import { boundToUs } from '../support/child.ts';
import { recordedLog } from '../support/log.ts';
import { reasonOf, requireCommand } from '../support/packages.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

const analyze = await requireCommand('systemd-analyze', ['systemd'], 'units are read by systemd itself');
const notify = await requireCommand('systemd-notify', ['systemd'], 'it tells systemd how a service stands');
const perl = await requireCommand('perl', ['perl-base'], 'it receives what systemd is told');

const CONFIGURATION =
  'server: { port: 0 }\nsources: { people: { adapter: csv, file: people.csv } }\nlookups: { default: { sources: people } }\n';

async function writeFiles(more = '', configuration = CONFIGURATION): Promise<string> {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755);
  await writeFile(join(folder, 'people.csv'), 'customer_id\n1\n');
  await writeFile(join(folder, 'gateway.yaml'), configuration + more);
  return folder;
}

/** Prints each datagram, and when it came (milliseconds since 1970). It takes no descriptors, so that systemd-notify sees at once that its message was read. */
const RECEIVE = `
  socket(S, AF_UNIX, SOCK_DGRAM, 0) && bind(S, pack_sockaddr_un($ARGV[0])) or die;
  $| = 1;
  print "$m at ", int(time * 1000), "\\n" while defined recv(S, $m, 4096, 0);`;

/** A service manager that hears: its socket, and what it has heard. */
async function startReceiver(): Promise<{ readonly socket: string; readonly lines: string[] }> {
  const socket = join(await temporaryFolder(), 'notify.sock');
  const words = ['-MSocket', '-MTime::HiRes=time', '-e', RECEIVE, socket];
  const receiver = spawn(...boundToUs(perl.ok ? perl.path : '', words));
  onTestFinished(async () => {
    receiver.kill();
    await once(receiver, 'exit');
  });
  const lines: string[] = [];
  createInterface({ input: receiver.stdout }).on('line', (line) => lines.push(line));
  await until(() => existsSync(socket));
  return { socket, lines };
}

const install = (folder: string, ...words: string[]) =>
  runCommand(runGateway, ['service', 'install', '--print', `--config=${join(folder, 'gateway.yaml')}`, ...words]);

describe('service install', () => {
  it.skipIf(!analyze.ok)(`prints a unit that systemd takes, and calls well protected${reasonOf(analyze)}`, async () => {
    const folder = await writeFiles();
    const { stdout: unit, status, stderr } = await install(folder, '--user=daemon');
    // Where the gateway of the tests lies is not the matter.
    expect([status, stderr.replace(/^daemon may not read (?:the gateway|Node\.js).*\n/gm, '')]).toEqual([0, '']);
    expect(unit).toContain(`serve --config=${folder}/gateway.yaml\n`);
    expect(unit).toContain('User=daemon\n');
    const file = join(folder, 'helpspot-gateway.service');
    await writeFile(file, unit);
    const run = promisify(execFile);
    const verified = await run('systemd-analyze', ['verify', '--man=no', file]);
    expect(verified.stdout + verified.stderr).not.toContain('helpspot-gateway');
    // An unknown key would be told there.
    await writeFile(file, unit.replace('NoNewPrivileges', 'NoNewPrivilege'));
    expect((await run('systemd-analyze', ['verify', '--man=no', file])).stderr).toContain('NoNewPrivilege');
    await writeFile(file, unit);
    const { stdout } = await run('systemd-analyze', ['security', '--offline=true', '--no-pager', file]);
    const score = Number(/Overall exposure level for .*: ([\d.]+) /.exec(stdout)?.[1]);
    expect(score).toBeLessThan(2.5);
  });

  it('writes paths as systemd reads them, and gives a port below 1024 only where there is one', () => {
    const needs = { user: 'gw', node: '/usr/bin/node', packageRoot: '/opt/gateway', port: 8787 };
    const of = (more: object) => systemdUnit({ ...needs, configuration: '/etc/gw/gateway.yaml', ...more });
    expect(of({})).toContain('ExecStart=/usr/bin/node /opt/gateway/bin/helpspot-gateway serve --config=/etc/gw/');
    expect(of({})).toMatch(/^CapabilityBoundingSet=\n.*ProtectHome=yes$/ms);
    expect(of({ configuration: '/etc/100% "my" $gw.yaml' })).toContain('"--config=/etc/100%% \\"my\\" $$gw.yaml"\n');
    expect(of({ configuration: '/etc/100% mine/gateway.yaml' })).toContain(
      // What comes later wins: as where the gateway reads it itself, `.env` comes last.
      '\nEnvironmentFile=-/etc/100%% mine/.env\nEnvironmentFile=-/etc/helpspot-gateway/gateway.env\n',
    );
    expect(of({ port: 443 })).toContain('\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n');
    expect(of({ node: '/root/.nvm/node' })).toContain('\nProtectHome=read-only\n');
    expect(() => of({ configuration: '/etc/a\nUser=root' })).toThrow(UserError);
  });

  it('says what its account could not read', async () => {
    const folder = await writeFiles();
    const told = async () => (await install(folder, '--user=daemon')).stderr;
    const words = (closed: string) =>
      `daemon may not read the configuration, since ${closed} is closed to it; copy its folder: cp -r ${folder} /etc/helpspot-gateway`;
    await chmod(join(folder, 'gateway.yaml'), 0o600);
    expect(await told()).toContain(words(join(folder, 'gateway.yaml')));
    await chmod(folder, 0o700);
    expect(await told()).toContain(words(folder));
    // What belongs to the account is open to it, and all is to root.
    expect((await install(folder, `--user=${userInfo().username}`)).stderr).not.toContain('may not read the conf');
  });

  it('says which lines of .env systemd reads otherwise, without their values', async () => {
    const folder = await writeFiles();
    const lines = [
      'A=`it\'s "x"`',
      'export B=b',
      'C=c # new',
      '# D=`d`',
      "E='e # `'",
      'F=f#`',
      'hunter2 # g',
      'my secret=`h`',
      '',
    ];
    await writeFile(join(folder, '.env'), lines.join('\n'));
    const { stderr } = await install(folder, '--user=daemon');
    const told = stderr.split('\n').filter((line) => line.includes(' in .env '));
    expect(told.map((line) => line.split(' ')[0])).toEqual(['A', 'B', 'C']);
    expect(told[0]).toMatch(/^A in \.env is another value for systemd.*write A='…', or name a file.*\$\{file:PATH\}$/);
  });

  it('says what the service could not write, and what is missing', async () => {
    const settings = CONFIGURATION.replace('port: 0', 'port: 0, socketAccess: group');
    const folder = await writeFiles(
      'audit: {}\nlog: { file: gateway.log }\nstore: { file: var/gateway.db }\n',
      settings,
    );
    const told = await install(folder);
    expect(told.stderr).toMatch(/^log\.file is .*\/gateway\.log, where the service may not write/m);
    expect(told.stderr).toMatch(/^server\.socket is .*\/var\/gateway\.sock, where the service may not write/m);
    expect(told.stderr).toMatch(
      /^audit\.file is .*var\/audit\.db, where the service may not write; write \/var\/lib\//,
    );
    await writeFile(
      join(folder, 'gateway.yaml'),
      `${CONFIGURATION}access: { keys: [{ name: a, secret: "\${KEY}" }] }\n`,
    );
    const unread = await install(folder);
    expect([unread.status, unread.stderr]).toEqual([0, expect.stringMatching(/cannot be read here yet.*KEY/s)]);
    const wrong = async (...words: string[]) => (await runCommand(runGateway, ['service', ...words])).stderr;
    expect(await wrong()).toContain('service install');
    expect(await wrong('install', '--print')).toContain('--config=/etc/helpspot-gateway/gateway.yaml');
    expect(await wrong('install', `--config=${folder}/gateway.yaml`, '--user=a b')).toContain('--user=NAME');
  });
});

describe('what systemd is told', () => {
  const isThere = perl.ok && notify.ok;
  it.skipIf(!isThere)(`ready, reloading, alive, stopping${reasonOf(perl)}${reasonOf(notify)}`, async () => {
    const folder = await writeFiles();
    const { socket, lines } = await startReceiver();
    const told = () => lines.join('\n');
    const serving = await startServing(join(folder, 'gateway.yaml'), {
      stdout: { write: () => true },
      stderr: { write: () => true },
      environment: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '100000', WATCHDOG_PID: String(process.pid) },
      packageRoot: resolve(import.meta.dirname, '../..'),
    });
    await until(() => told().includes('READY=1') && told().includes('WATCHDOG=1'));
    expect(told()).toContain(`STATUS=answers on ${serving.url}`);
    lines.length = 0;
    await writeFile(join(folder, 'new.yaml'), `${CONFIGURATION}log: { level: warn }\n`);
    await rename(join(folder, 'new.yaml'), join(folder, 'gateway.yaml'));
    await until(() => /RELOADING=1.*READY=1/s.test(told()));
    await serving.stop();
    expect(told()).toMatch(/STOPPING=1(?!.*(?:READY|WATCHDOG)=1)/s);
  });

  it.skipIf(!isThere)(`nothing while the event loop stands still${reasonOf(perl)}${reasonOf(notify)}`, async () => {
    const { socket, lines } = await startReceiver();
    const environment = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '20000' };
    const manager = serviceManager(environment, recordedLog());
    onTestFinished(() => manager.stopping());
    manager.ready('x');
    const beats = () => lines.filter((line) => line.startsWith('WATCHDOG=1')).map((line) => Number(line.split(' ')[2]));
    await until(() => beats().length > 1);
    const from = Date.now();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    const to = Date.now();
    await until(() => beats().some((at) => at > to));
    // What was under way already may still arrive: one at most, since they follow one another.
    expect(beats().filter((at) => at > from && at < to).length).toBeLessThan(2);
  });

  it('is nothing where nobody asks, and one line in the log where nobody hears', async () => {
    const log = recordedLog();
    const alone = serviceManager({}, log);
    alone.ready('x');
    await alone.stopping();
    expect(log.lines).toEqual([]);
    const deaf = serviceManager({ NOTIFY_SOCKET: join(await temporaryFolder(), 'nobody.sock') }, log);
    deaf.ready('x');
    deaf.reloading();
    await deaf.stopping();
    expect(log.lines.map(({ message }) => message)).toEqual([expect.stringContaining('systemd cannot be told')]);
  });
});
