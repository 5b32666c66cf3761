/**
 * Three gateways behind nginx on one PostgreSQL, to which everything happens that may, while pushes come: `several [N]`. Of
 * N pushes that somebody has an id of, each must be there once. Its short form is `test/gateway/push/several-chaos.test.ts`.
 */
import { loadavg } from 'node:os';
import { clockOff, startSeveral, whyNotSeveral } from '../test/support/several/bed.ts';
import { HARMS, suffer } from '../test/support/several/chaos.ts';

const COUNT = Number(process.argv[2] ?? 10_000);
const CLIENTS = 16;

const print = (...cells: readonly unknown[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);

const problem = await whyNotSeveral();
if (problem !== '') throw new Error(problem);
// The clock of the second is ahead all the time.
const bed = await startSeveral({ environment: [{}, clockOff('+7m'), {}], lookFor: '10s' });
process.once('SIGINT', () => void bed.close().finally(() => process.exit(1)));
try {
  const happened = new Map<string, number>();
  const plan = { count: COUNT, clients: CLIENTS, harms: Object.values(HARMS), again: true };
  const figures = await suffer(bed, plan, (what) => happened.set(what, (happened.get(what) ?? 0) + 1));
  print('what happened', 'times');
  print('---', '---');
  for (const [what, times] of happened) print(what, times);
  print('clocks ahead at the end, s', await Promise.all(bed.gateways.map((gateway) => gateway.clockAhead())));
  process.stdout.write('\n');
  print('pushes', 'of that there');
  print('---', '---');
  print('accepted', figures.accepted.size, figures.accepted.size - figures.lost);
  print('lost', figures.lost);
  print('doubled', figures.doubled);
  print('refused in words, and left at that', figures.refused.size, figures.refusedAndThere);
  print('without an answer, and left at that', figures.unanswered.size, figures.unansweredAndThere);
  print('refusals', figures.refusals);
  print('calls to the targets', figures.calls);
  print('states', JSON.stringify(figures.states));
  print('seconds until the last was accepted', figures.acceptedAfter.toFixed(0));
  print('seconds, load', figures.seconds.toFixed(0), loadavg()[0]?.toFixed(0));
  for (const words of figures.words) process.stdout.write(`refused: ${words}\n`);
  if (figures.lost + figures.doubled > 0) process.exitCode = 1;
} finally {
  if (process.exitCode === 1) process.stdout.write(`what the gateways said is in ${bed.folder}\n`);
  await bed.close();
}
