/** bin/livelookup beside a gateway that serves: asked over its socket, it says the same as by itself. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { openCommandLineSocket } from '../../src/cli/command-line-socket.ts';
import { runLiveLookup } from '../../src/cli/livelookup.ts';
import { createLog } from '../../src/cli/log.ts';
import { argumentsIn } from '../../src/cli/raw-arguments.ts';
import { type Serving, startServing } from '../../src/cli/serve.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { textOfBytes } from '../../src/helpspot/bytes.ts';
import { temporaryFolderForAll } from '../support/temp.ts';
import { type CommandResult, runCommand } from '../support/terminal.ts';
import { readLookup } from '../support/xml.ts';

const packageRoot = resolve(import.meta.dirname, '../..');
const folder = await temporaryFolderForAll();
const config = join(folder, 'conf/gateway.yaml');
const socket = join(folder, 'var/gateway.sock');
const text = `server: { port: 0 }
commandLine: { customFields: [3, 5] }
sources: { people: { adapter: csv, file: people.csv }, broken: { adapter: ./slow.js } }
lookups:
  default: { sources: people, match: [customer_id, email, last_name] }
  building: { sources: people, match: [{ building: { from: Custom5 } }] }
  many: { sources: people, match: [{ building: { from: Custom3 } }], limit: 1000 }
  slow: { sources: broken, match: [customer_id] }
`;
let serving: Serving;
let log = '';

beforeAll(async () => {
  await mkdir(join(folder, 'conf'));
  const rows = Array.from({ length: 1_000 }, (_, index) => `m${index},Zoë,Many,,C${'x'.repeat(200)}\n`);
  await writeFile(
    join(folder, 'conf/people.csv'),
    `customer_id,first_name,last_name,email,building\n1,Zoë,O'Brien,zoe@example.com,B7\n2,Bob,Müller,bob@example.com,A1\n${rows.join('')}`,
  );
  await writeFile(
    join(folder, 'conf/slow.js'),
    `import * as z from ${JSON.stringify(join(packageRoot, 'node_modules/zod/index.js'))};
const find = () => new Promise((found) => setTimeout(found, 700, [{ customer_id: '1', last_name: 'Late' }]));
export default { name: 'slow', title: 'Slow', settings: z.strictObject({}), open: () => ({ find, check: async () => {} }) };
`,
  );
  await writeFile(config, text);
  serving = await serve(config);
});
afterAll(() => serving.stop());

function serve(file: string, more: Record<string, string> = {}): Promise<Serving> {
  const stderr = { write: (line: string) => (log += line) };
  return startServing(file, { stdout: { write: () => true }, stderr, environment: more, packageRoot });
}

/** What the socket has answered until now. */
const answered = () => log.split('\n').filter((line) => line.includes('"reference":')).length;

/** Runs a program of bin/ with arguments as a shell writes them, which knows every byte. */
function bin(program: string, words: string, environment: Record<string, string> = {}): Promise<CommandResult> {
  const command = `exec "${join(packageRoot, 'bin', program)}" ${words}`;
  const options = { env: { ...process.env, ...environment }, maxBuffer: 2 ** 24 };
  return new Promise((done) => {
    execFile('bash', ['-c', command], options, (error, stdout, stderr) =>
      done({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

/** What a shell makes of words, as the program reads it. */
function argumentsOf(words: string): Promise<readonly string[]> {
  return new Promise((done) => {
    execFile('bash', ['-c', `printf '%s\\0' ${words}`], { encoding: 'buffer' }, (_error, stdout) =>
      done(argumentsIn(stdout).map(textOfBytes)),
    );
  });
}

/** Each call has a reference of its own. */
const withoutReference = (said: string) => said.replace(/\bref [0-9a-f]{6}\b/g, 'ref');

describe('a gateway that serves', () => {
  it.each([
    ['--customer_id=2 --first_name --last_name --email --phone', 1],
    ["--customer_id --email=ZOE@example.com --unknown=1 '--list[]=2'", 1],
    ['--lookup=building --Custom5=B7 --confg=x', 1],
    ["'--email[]=zoe@example.com'", 1],
    // Its log has a line on that, too.
    ['--customer_id=2 $(seq -f --field%.0f=1 2001)', 2],
    ["2 '' '' '' ''", 1],
    ["--lookup=building '' '' '' '' '' x B7 y z", 1],
    ['--customer_id=1 --lookup=building', 1],
    ['--email=nobody@example.com', 1],
    ['--lookup=bilding --customer_id=1', 1],
    ['--help --customer_id=1', 0],
    ['', 1],
    // Whatever an argument is, it is one argument.
    [`'--last_name=O'"'"'Brien'`, 1],
    [`'--email=@/etc/passwd' '--x=\`id\`$(id);|&' "-K" '@-' '--next' $'--y=a\\nb\\r\\n\\nc"\\\\%00&='`, 1],
    [`--customer_id=1 "--long=$(head -c 120000 /dev/zero | tr '\\0' x)"`, 1],
    ["$'--last_name=M\\xfcller'", 1],
    ["'' '' $'M\\xfcller' '' ''", 1],
    ["$'--last_name=M\\xc3\\xbcller\\x81\\x82\\x88'", 1],
    // What is wrong with the arguments is said by the program itself.
    ['--verbose --customer_id=1', 0],
    ["'--verbose[]=' --customer_id=1", 0],
    ['--customer_id=1 --config=x', 0],
    ['--Lookup=building --customer_id=1', 0],
  ])('says to %s what the command says by itself', async (words, times) => {
    const before = answered();
    const warm = await bin('livelookup', `"--config=${config}" ${words}`);
    expect(answered() - before).toBe(times);
    const direct = await runCommand(runLiveLookup, await argumentsOf(`"--config=${config}" ${words}`));
    expect(answered() - before).toBe(times);
    expect(withoutReference(warm.stdout)).toBe(withoutReference(direct.stdout));
    expect(warm.status).toBe(direct.status);
    readLookup(warm.stdout);
    if (times === 0) expect(withoutReference(warm.stderr)).toBe(withoutReference(direct.stderr));
    else expect(warm.stderr).toBe('');
  });

  it('is asked by Node.js where there is no curl', async () => {
    const before = answered();
    const { status, stdout } = await bin('livelookup.cjs', `"--config=${config}" --customer_id=1`);
    expect([status, answered() - before]).toEqual([0, 1]);
    expect(stdout).toBe((await runCommand(runLiveLookup, [`--config=${config}`, '--customer_id=1'])).stdout);
  });

  it('has the reference that staff read in its log', async () => {
    const { status, stdout } = await bin('livelookup', `"--config=${config}" --lookup=bilding --email=zoe@example.com`);
    const reference = /\(ref (\w+)\)/.exec(stdout)?.[1] ?? 'none';
    expect([status, log]).toEqual([1, expect.stringContaining(`"reference":"${reference}"`)]);
    expect(log).not.toContain('zoe@example.com');
  });

  it('is found through the environment, relative paths and links, and by another name of the socket', async () => {
    const link = join(folder, 'lookup link');
    await symlink(join(packageRoot, 'bin/livelookup'), link);
    await symlink(config, join(folder, 'other.yaml'));
    const before = answered();
    for (const words of [
      `cd "${folder}/conf"; "${link}" --config=gateway.yaml`,
      `cd "${folder}/conf"; "${link}" --config=../conf/./gateway.yaml`,
      `cd "${folder}/conf"; "${link}" --config=./gateway.yaml`,
      `cd "${folder}/var"; GATEWAY_CONFIG=../conf/gateway.yaml "${link}"`,
      `cd "${folder}"; "${link}" --config=other.yaml --socket=var/gateway.sock`,
    ]) {
      const { stdout } = await runShell(`${words} --customer_id=1`);
      expect(readLookup(stdout).customers, words).toHaveLength(1);
    }
    expect(answered() - before).toBe(5);
  });

  it('is waited for while a source is slow', async () => {
    const before = answered();
    const { stdout } = await bin('livelookup', `"--config=${config}" --lookup=slow --customer_id=1`);
    expect(readLookup(stdout).customers).toMatchObject([{ last_name: 'Late' }]);
    const { stdout: again } = await bin('livelookup.cjs', `"--config=${config}" --lookup=slow --customer_id=1`);
    expect([again, answered() - before]).toEqual([stdout, 2]);
  });

  it('answers whole where the pipe may not wait, and the reader is slow', async () => {
    const perl = `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_NONBLOCK | fcntl(STDOUT, F_GETFL, 0)); exec @ARGV'`;
    const args = [`--config=${config}`, '--lookup=many', `--Custom3=C${'x'.repeat(200)}`];
    const before = answered();
    const { stdout } = await runShell(
      `${perl} ${join(packageRoot, 'bin/livelookup')} ${args.join(' ')} | (sleep 1; cat)`,
    );
    expect(answered() - before).toBe(1);
    expect(stdout).toBe((await runCommand(runLiveLookup, args)).stdout);
    expect(stdout.length).toBeGreaterThan(100_000);
  });

  it('passes the environment on as it is', async () => {
    const before = answered();
    const { stdout } = await runShell(
      `cp "${config}" "${folder}/conf/env.yaml"; sed -i 's/people.csv/"\${config}"/' "${folder}/conf/env.yaml"
config=people.csv answer=x "${packageRoot}/bin/livelookup" "--config=${folder}/conf/env.yaml" --customer_id=1`,
    );
    expect([readLookup(stdout).customers.length, answered() - before]).toEqual([1, 0]);
  });
});

describe('what the gateway does not answer', () => {
  const build = readFileSync(join(packageRoot, 'dist/livelookup/build'), 'utf8').trim();
  const ask = (...pieces: readonly string[]) =>
    new Promise<number | undefined>((done, failed) => {
      const asked = request({ socketPath: socket, method: 'POST' }, (res) => done(res.resume().statusCode));
      asked.on('error', failed);
      asked.end(pieces.map((piece) => `${piece}\0`).join(''));
    });

  it('is another version, another configuration, and too much', async () => {
    const copy = join(folder, 'conf/copy.yaml');
    await copyFile(config, copy);
    expect(await ask(build, config, '--customer_id=1')).toBe(200);
    expect(await ask('0123456789abcdef', config, '--customer_id=1')).toBe(409);
    expect(await ask(build, copy, '--customer_id=1')).toBe(409);
    expect(await ask(build, config, '--version')).toBe(409);
    expect(await ask()).toBe(409);
    expect(await ask(build, config, `--x=${'x'.repeat(9 * 1024 * 1024)}`).catch(() => 413)).toBe(413);
  });

  it('is a configuration that has changed until it is in force', async () => {
    const file = join(folder, 'conf/gateway.yaml');
    onTestFinished(async () => {
      await writeFile(file, text);
      await serving.reload();
    });
    await writeFile(file, `${text}lookups_: {}\n`);
    const wrong = await bin('livelookup', `"--config=${config}" --customer_id=1`);
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('lookups_')]);
    await writeFile(file, text.replace('default: ', 'default: { sources: people, match: [email] }\n  other: '));
    await serving.reload();
    expect(await ask(build, config, '--lookup=other', '--customer_id=1')).toBe(200);
  });
});

describe('the socket', () => {
  const serveAt = async (name: string, settings: string) => {
    const file = join(folder, 'conf', `${name}.yaml`);
    await writeFile(file, text.replace('port: 0', `port: 0, ${settings}`));
    log = '';
    const other = await serve(file);
    onTestFinished(() => other.stop());
    return other;
  };

  it('is left to the gateway that has it, and a file that is none is left alone', async () => {
    const before = await runShell(`ls -i "${socket}"`);
    const second = await serveAt('second', 'socket: ../var/gateway.sock');
    expect(log).toContain('another gateway has it (it listens)');
    await second.stop();
    expect(await runShell(`ls -i "${socket}"`)).toEqual(before);
    await writeFile(join(folder, 'plain'), 'mine');
    await serveAt('plain', 'socket: ../plain');
    expect(log).toContain('no socket');
    expect(readFileSync(join(folder, 'plain'), 'utf8')).toBe('mine');
  });

  it('takes the place of one that nobody listens at, is for its owner, or a group, and goes at the end', async () => {
    const stale = join(folder, 'new/folder/x.sock');
    const first = await serveAt('first', 'socket: ../new/folder/x.sock, socketAccess: group');
    expect((await runShell(`stat -c %F,%a "${stale}"`)).stdout).toBe('socket,660\n');
    await first.stop();
    expect((await runShell(`ls -A "${join(folder, 'new/folder')}"`)).stdout).toBe('');
    // What a gateway leaves that is killed.
    const server = createServer().listen(join(folder, 'new/folder/y.sock'));
    await new Promise((listening) => server.once('listening', listening));
    await runShell(`mv "${folder}/new/folder/y.sock" "${stale}"`);
    await new Promise((ended) => server.close(ended));
    await serveAt('again', 'socket: ../new/folder/x.sock');
    expect(log).toContain('is answered over this socket');
    expect((await runShell(`stat -c %F,%a "${stale}"`)).stdout).toBe('socket,600\n');
  });

  it('is not made where its path is too long, or nobody wants it', async () => {
    await serveAt('long', `socket: ../${'x'.repeat(100)}`);
    expect(log).toMatch(/its path has \d+ bytes, and the system takes 107/);
    await serveAt('none', 'socketAccess: none');
    expect(log).not.toContain('socket');
  });

  it('is a pipe on Windows: no file that is moved and has rights, and never two gateways at one', async () => {
    const plan = await loadConfiguration(config, adapters, {});
    const file = join(folder, 'pipe');
    const server = { ...plan.server, socket: { file, access: 'owner' } } as const;
    const gateway = createGateway(
      { ...plan, server },
      { log: createLog('info', { write: (line) => (log += line) }, () => []) },
    );
    const pipe = await openCommandLineSocket(gateway, packageRoot, 'win32');
    const before = answered();
    const asked = () => bin('livelookup.cjs', `"--config=${config}" "--socket=${file}" --customer_id=1`);
    expect((await asked()).status).toBe(0);
    expect(answered() - before).toBe(1);
    log = '';
    await (await openCommandLineSocket(gateway, packageRoot, 'win32')).close();
    expect(log).toContain('EADDRINUSE');
    await pipe.close();
    await gateway.close();
    expect((await asked()).stderr).toContain('"via":"command-line"');
  });

  it('costs nothing but a moment when nobody answers at it', async () => {
    // A byte now and then is no answer either.
    const hanging = createServer((connection) => {
      const trickle = setInterval(() => connection.write('X'), 300);
      connection.on('error', () => undefined).on('close', () => clearInterval(trickle));
    }).listen(join(folder, 'hangs.sock'));
    onTestFinished(() => void hanging.close());
    const before = answered();
    const args = `"--config=${config}" "--socket=${folder}/hangs.sock" --customer_id=1`;
    const all = await Promise.all([bin('livelookup', args), bin('livelookup.cjs', args)]);
    expect(all.map(({ stdout }) => readLookup(stdout).customers.length)).toEqual([1, 1]);
    expect(answered() - before).toBe(0);
  });
});

describe('half an answer', () => {
  it.each(['HTTP/1.0 200 OK\r\n\r\n', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'])(
    'is none, behind %j',
    async (head) => {
      const cut = createServer((connection) => {
        connection.on('error', () => undefined);
        connection.once('data', () =>
          connection.end(`${head}<?xml version="1.0" encoding="UTF-8"?><livelookup version="1`),
        );
      });
      cut.listen(join(folder, 'cut.sock'));
      onTestFinished(() => void cut.close());
      for (const name of ['livelookup', 'livelookup.cjs']) {
        const { stdout } = await bin(name, `"--config=${config}" "--socket=${folder}/cut.sock" --customer_id=1`);
        expect(readLookup(stdout).customers).toHaveLength(1);
      }
    },
  );
});

describe('commandLine.log', () => {
  it('has the reference that staff read, in a file for its owner alone', async () => {
    const file = join(folder, 'conf/logged.yaml');
    const lines = join(folder, 'command-line.log');
    await writeFile(file, text.replace('customFields: [3, 5]', 'log: ../command-line.log'));
    const args = [`--config=${file}`, '--lookup=bilding'];
    const unknown = await runCommand(runLiveLookup, [...args, '--email=zoe@example.com']);
    const misspelled = await runCommand(runLiveLookup, [`--config=${file}`, '--verbose', '--customer_id=1']);
    const written = readFileSync(lines, 'utf8').trimEnd().split('\n');
    expect(written).toHaveLength(2);
    for (const [index, { stdout }] of [unknown, misspelled].entries()) {
      const reference = /\(ref (\w+)\)/.exec(stdout)?.[1];
      expect(JSON.parse(written[index] ?? '')).toMatchObject({ reference });
    }
    expect(unknown.stderr).toBe(`${written[0]}\n`);
    expect((await runShell(`stat -c %a "${lines}"`)).stdout).toBe('600\n');
  });

  it('that cannot be written is said, and fails nothing', async () => {
    const file = join(folder, 'conf/unwritable.yaml');
    await writeFile(file, text.replace('customFields: [3, 5]', 'log: ../conf'));
    const { status, stderr } = await runCommand(runLiveLookup, [`--config=${file}`, '--customer_id=1']);
    expect([status, stderr]).toEqual([0, expect.stringContaining('commandLine.log')]);
  });
});

function runShell(command: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return new Promise((done) => {
    execFile('bash', ['-c', command], { maxBuffer: 2 ** 24 }, (_error, stdout, stderr) => done({ stdout, stderr }));
  });
}
