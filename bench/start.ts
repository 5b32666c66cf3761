/**
 * How long HelpSpot waits for one command-line lookup, whole process: by itself on the embedded default, beside `node -e 0`;
 * and through a gateway that serves, on the sample data and on a CSV file of 1,000,000 lines, beside `php -r 'echo 1;'`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from './support/rounds.ts';

// Node.js 20 reads these certificates whenever it starts, which would make `node -e 0` slow.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
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

const small = await serve('small', 100);
const large = await serve('large', Number(lines));
const lookup = (program: string, file: string) => [
  ...[program, `--config=${file}`, '--customer_id=99'],
  ...['--first_name', '--last_name', '--email', '--phone'],
];
const contenders = {
  'php -r': ['php', '-r', 'echo 1;'],
  'node -e 0': [process.execPath, '-e', '0'],
  'by itself': lookup('bin/livelookup', 'config/gateway.yaml'),
  'without a snapshot': lookup('bin/livelookup-direct.cjs', 'config/gateway.yaml'),
  warm: lookup('bin/livelookup', small.file),
  'warm, large file': lookup('bin/livelookup', large.file),
  'warm, without curl': lookup('bin/livelookup.cjs', small.file),
} as const;

const times = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
try {
  // The first round reads the files, and does not count.
  for (let round = -1; round < Number(rounds); round += 1) {
    for (const [name, [program, ...args]] of Object.entries(contenders)) {
      const started = performance.now();
      execFileSync(program ?? '', args, { stdio: 'ignore', env });
      if (round >= 0) times.get(name)?.push(performance.now() - started);
    }
  }
} finally {
  await Promise.all([small.stop(), large.stop()]);
  rmSync(folder, { recursive: true });
}
const of = (name: string) => times.get(name) ?? [];
const ratio = (name: string, rival: string) => median(of(name).map((time, index) => time / (of(rival)[index] ?? 0)));
process.stdout.write(`${'whole process'.padEnd(24)}      ms  to php -r  to node -e 0\n`);
for (const name of times.keys()) {
  const cells = [median(of(name)).toFixed(0).padStart(8), ratio(name, 'php -r').toFixed(2).padStart(11)];
  process.stdout.write(`${name.padEnd(24)}${cells.join('')}${ratio(name, 'node -e 0').toFixed(2).padStart(14)}\n`);
}
