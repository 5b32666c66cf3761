/**
 * How long HelpSpot waits for one command-line lookup, whole process. By itself (the embedded default, two customers),
 * beside `node -e 0`, with and without certificates of the environment; and through a gateway that serves, on the sample
 * data and on a CSV file of 1,000,000 lines, beside `php -r 'echo 1;'`. `npm run bench -- start 25 0` leaves the gateways out.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from './support/rounds.ts';

// Node.js 20 reads these certificates whenever it starts, which makes `node -e 0` slow.
const { NODE_EXTRA_CA_CERTS: certificates, ...env } = process.env;
const [rounds = '25', lines = '1000000'] = process.argv.slice(2);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bench-start-')));

/** Writes a configuration, and serves it. */
async function serve(name: string, rows: number) {
  const own = join(folder, name);
  mkdirSync(join(own, 'conf'), { recursive: true });
  const people = Array.from(
    { length: rows },
    (_, index) => `${index},Zoë,Miller${index},zoe${index}@example.com,+41 44 ${index}\n`,
  );
  writeFileSync(join(own, 'conf/people.csv'), `customer_id,first_name,last_name,email,phone\n${people.join('')}`);
  const file = join(own, 'conf/gateway.yaml');
  writeFileSync(
    file,
    'server: { port: 0, deadline: 60s }\nlog: { level: error }\nsources: { people: { adapter: csv, file: people.csv } }\n' +
      'lookups: { default: { sources: people, match: [customer_id, email] } }\n',
  );
  const gateway = spawn('bin/helpspot-gateway', ['serve', `--config=${file}`], { stdio: 'ignore' });
  for (let tries = 0; tries < 600 && !existsSync(join(own, 'var/gateway.sock')); tries += 1) await delay(100);
  const stop = async () => {
    const ended = once(gateway, 'exit');
    gateway.kill();
    await ended;
  };
  return { file, stop };
}

const lookup = (program: string, file: string) => [
  ...[program, `--config=${file}`, '--customer_id=99'],
  ...['--first_name', '--last_name', '--email', '--phone'],
];
/** One process: its time by the clock, and that of the processor (user and system), in milliseconds. */
function timed(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
): readonly [clock: number, processor: number] {
  // bash counts the processor time of what it has waited for.
  const script = `TIMEFORMAT='%3R %3U %3S'; time "$@" >/dev/null 2>&1`;
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...command], {
    env: environment,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}`);
  const [clock = Number.NaN, user = Number.NaN, system = Number.NaN] = stderr.trim().split(' ').map(Number);
  return [clock * 1e3, (user + system) * 1e3];
}

type Times = (readonly [clock: number, processor: number])[];

/** Of all cases in turn. */
function timesOf<Case extends { readonly command: readonly string[]; readonly environment: NodeJS.ProcessEnv }>(
  cases: readonly Case[],
): readonly (Case & { readonly times: Times })[] {
  const timedCases = cases.map((one) => {
    const times: Times = [];
    return { ...one, times };
  });
  // The first round reads the files, and does not count.
  for (let round = -1; round < Number(rounds); round += 1) {
    for (const { command, environment, times } of timedCases) {
      const time = timed(command, environment);
      if (round >= 0) times.push(time);
    }
  }
  return timedCases;
}

function ratioOf(own: readonly number[], rival: readonly number[]): number {
  return median(own.map((time, index) => time / (rival[index] ?? Number.NaN)));
}

/** A lookup without a gateway, all in turn. */
function measureCold(): void {
  const two = join(folder, 'two.yaml');
  writeFileSync(
    join(folder, 'two.csv'),
    'customer_id,first_name,email\n1,Bob,bob@example.com\n2,Eve,eve@example.com\n',
  );
  writeFileSync(
    two,
    'sources: { p: { adapter: csv, file: two.csv } }\nlookups: { default: { sources: p, match: [email] } }\n',
  );
  const commands: Readonly<Record<string, readonly string[]>> = {
    'node -e 0': [process.execPath, '-e', '0'],
    'two customers': ['bin/livelookup', `--config=${two}`, '--email=bob@example.com'],
    'embedded default': [
      'bin/livelookup',
      '--config=config/gateway.yaml',
      ...['--customer_id=', '--first_name=', '--last_name=mul'],
    ],
    'the same, no snapshot': ['bin/livelookup-direct.cjs', '--config=config/gateway.yaml', '--last_name=mul'],
  };
  const environments = { '': env, ...(certificates && { ' +CA': { ...env, NODE_EXTRA_CA_CERTS: certificates } }) };
  const cases = Object.entries(environments).flatMap(([mark, environment]) =>
    Object.entries(commands).map(([name, command]) => ({ name, mark, command, environment })),
  );
  const taken = timesOf(cases);
  const figures = (times: readonly number[]) => [median(times), Math.min(...times)];
  process.stdout.write(`${'by itself'.padEnd(27)} processor  lowest to node -e 0   clock  lowest to node -e 0\n`);
  for (const { name, mark, times } of taken) {
    const rivals = taken.find((one) => one.name === 'node -e 0' && one.mark === mark)?.times ?? [];
    const cells = ([1, 0] as const).flatMap((which) => {
      const own = times.map((time) => time[which]);
      const ratio = ratioOf(
        own,
        rivals.map((time) => time[which]),
      );
      return [...figures(own).map((figure) => figure.toFixed(1).padStart(8)), ratio.toFixed(2).padStart(12)];
    });
    process.stdout.write(`${(name + mark).padEnd(28)}${cells.join('')}\n`);
  }
}

/** A lookup through a gateway, beside PHP. */
async function measureWarm(): Promise<void> {
  const small = await serve('small', 100);
  const large = await serve('large', Number(lines));
  const contenders: Readonly<Record<string, readonly string[]>> = {
    'php -r': ['php', '-r', 'echo 1;'],
    'node -e 0': [process.execPath, '-e', '0'],
    warm: lookup('bin/livelookup', small.file),
    'warm, large file': lookup('bin/livelookup', large.file),
    'warm, without curl': lookup('bin/livelookup.cjs', small.file),
  };
  const cases = Object.entries(contenders).map(([name, command]) => ({ name, command, environment: env }));
  let taken: ReturnType<typeof timesOf<(typeof cases)[number]>>;
  try {
    taken = timesOf(cases);
  } finally {
    await Promise.all([small.stop(), large.stop()]);
  }
  const of = (name: string) => (taken.find((one) => one.name === name)?.times ?? []).map(([clock]) => clock);
  process.stdout.write(`${'whole process'.padEnd(24)}      ms  to php -r  to node -e 0\n`);
  for (const { name } of taken) {
    const [own, php, node] = [of(name), of('php -r'), of('node -e 0')];
    const cells = [median(own).toFixed(0).padStart(8), ratioOf(own, php).toFixed(2).padStart(11)];
    process.stdout.write(`${name.padEnd(24)}${cells.join('')}${ratioOf(own, node).toFixed(2).padStart(14)}\n`);
  }
}

try {
  measureCold();
  if (Number(lines) > 0) await measureWarm();
} finally {
  rmSync(folder, { recursive: true });
}
