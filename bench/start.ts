/**
 * How long HelpSpot waits for one command-line lookup: bin/livelookup on the
 * embedded default beside `node -e 0`, the floor. The ceiling is twice the floor.
 */
import { execFileSync } from 'node:child_process';
import { head, inTurn, report } from './support/rounds.ts';

const ROUNDS = 25;

const timed = async (args: readonly string[]) => {
  const started = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - started;
};

const { a, b } = await inTurn(
  ROUNDS,
  () =>
    timed([
      'bin/livelookup',
      '--config=config/gateway.yaml',
      '--customer_id=1001',
      '--first_name',
      '--last_name',
      '--email',
      '--phone',
    ]),
  () => timed(['-e', '0']),
);
head('', 'livelookup', 'node -e 0');
report('whole process, ms', a, b, 1);
