/**
 * What anybody may send to stop a gateway, and how long everybody else waits meanwhile: no rival, but a bar. The event
 * loop must not be held up for more than 200 ms (the goal is 50 ms).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostileGateway, hostileConfiguration } from '../test/support/hostile/gateway.ts';
import { otherSystem, ROWS } from '../test/support/hostile/rows.ts';
import { startStandIn } from '../test/support/http/stand-in.ts';

const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
const system = otherSystem();
const standIn = await startStandIn(system.handle);
const gateway = await HostileGateway.start(process.cwd(), folder, hostileConfiguration(standIn.url));
const ms = (value: number) => `${Math.round(value)} ms`;
const print = (...cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
const wanted = process.argv[2];

try {
  process.stdout.write(`load ${loadavg()[0]?.toFixed(1)}\n\n`);
  print('what comes', 'answer', 'the call', 'longest wait of a lookup', 'event loop', 'of a processor', 'memory');
  print(...Array.from({ length: 7 }, () => '---'));
  // The first call of a kind loads what it needs.
  for (const row of ROWS.slice(0, 2)) await gateway.beside(() => gateway.call(row.call()));
  for (const row of ROWS.filter(({ name }) => wanted === undefined || name.includes(wanted))) {
    const call = row.call();
    system.play(row);
    await gateway.figures();
    const start = performance.now();
    const { value, longestMs } = await gateway.beside(() => gateway.call(call));
    const took = performance.now() - start;
    const { blockedMs, busyMs, megabytes } = await gateway.figures();
    const size = value.text.length < 10_000 ? `${value.text.length} B` : `${(value.text.length / 1e6).toFixed(1)} MB`;
    const answer = `${value.status}, ${size}`;
    print(row.name, answer, ...[took, longestMs, blockedMs, busyMs].map(ms), `${Math.round(megabytes)} MB`);
    if (wanted !== undefined) process.stdout.write(`${value.text.slice(0, 600)}\n`);
  }
} finally {
  await gateway.stop();
  await standIn.close();
  await rm(folder, { recursive: true });
}
