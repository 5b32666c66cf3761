/** What happens to several gateways and to their database, one thing after the other, while pushes come; and what is there afterwards. */
import { setTimeout as wait } from 'node:timers/promises';
import { startAgain } from '../sql/restart.ts';
import { clockOff, LEASE_MS, type SeveralGateways } from './bed.ts';
import { pushThrough, type Told } from './clients.ts';
import type { RecordingTarget } from './targets.ts';

/** Something that happens. */
export interface Harm {
  readonly name: string;
  /** Until it is over. */
  readonly happen: (bed: SeveralGateways) => Promise<void>;
}

/** How long something is away that comes back. */
const AWAY_MS = 2_000;
const UNDER_WAY_MS = 5_000;
const FEWEST = 3;

/** Until pushes have left of which nobody has an answer yet, where any come. */
async function underWay(targets: readonly RecordingTarget[]): Promise<void> {
  const before = targets.map((target) => target.calls());
  for (const target of targets) target.slowDown();
  const until = performance.now() + UNDER_WAY_MS;
  const isUnderWay = () => targets.every((target, at) => target.calls() >= (before[at] ?? 0) + FEWEST);
  while (!isUnderWay() && performance.now() < until) await wait(10);
}

/** All that is tried. */
export const HARMS = {
  nothing: { name: 'nothing', happen: () => wait(200) },
  killed: {
    name: '`kill -9` of a gateway, and a new start',
    async happen({ gateways: [first], targets }) {
      await underWay(targets);
      await first?.end('SIGKILL');
      await wait(500);
      await first?.start();
    },
  },
  stopped: {
    name: '`kill -STOP` of a gateway for two and a half leases, and `-CONT`',
    async happen({ gateways: [, , third], targets }) {
      await underWay(targets);
      third?.pause();
      await wait(2.5 * LEASE_MS);
      third?.resume();
    },
  },
  restarted: {
    name: 'PostgreSQL killed, and started 2 s later',
    async happen({ server }) {
      await server.kill();
      await wait(AWAY_MS);
      await server.start();
    },
  },
  cutOff: {
    name: 'one gateway cut off from the database: silence for two leases, then a reset',
    async happen({ cutters: [, , third], targets }) {
      await underWay(targets);
      third?.silence();
      await wait(2 * LEASE_MS);
      third?.cut();
      await third?.restore();
    },
  },
  allCutOff: {
    name: 'all gateways cut off: silence for 2 s, refused for 2 s',
    async happen({ cutters }) {
      for (const cutter of cutters) cutter.silence();
      await wait(AWAY_MS);
      await Promise.all(cutters.map((cutter) => cutter.refuse()));
      await wait(AWAY_MS);
      await Promise.all(cutters.map((cutter) => cutter.restore()));
    },
  },
  diskFull: {
    name: "the database's disk full for 3 s",
    async happen({ disk, server }) {
      disk.fill();
      await wait(1.5 * AWAY_MS);
      disk.free();
      // Without room for its log the server ends itself, and an administrator starts it.
      const isUp = await server.sql('SELECT 1').then(
        () => true,
        () => false,
      );
      if (!isUp) await server.kill().catch(() => undefined);
      if (!isUp) await startAgain(() => server.start());
    },
  },
  clockSet: {
    name: 'a gateway started with a clock 7 minutes behind, beside one 7 minutes ahead',
    async happen({ gateways: [first] }) {
      await first?.end('SIGTERM');
      await first?.start(clockOff('-7m'));
    },
  },
} satisfies Readonly<Record<string, Harm>>;

/** Answers of the targets that are lost: one so often at most. */
const LOST_EVERY_MS = 500;

/** What came of it. */
export interface Figures extends Told {
  /** Accepted, and not there. */
  readonly lost: number;
  /** There more than once. */
  readonly doubled: number;
  /** Refused in words, and there: the store had confirmed it when its answer was lost. */
  readonly refusedAndThere: number;
  readonly unansweredAndThere: number;
  /** Calls to the targets, lost answers among them. */
  readonly calls: number;
  /** Where a push had not come to its end in time. */
  readonly states: Readonly<Record<string, number>>;
  /** Until the last was accepted, and until all was settled. */
  readonly acceptedAfter: number;
  readonly seconds: number;
}

/** What is suffered. */
export interface Suffering {
  /** So many pushes are accepted, */
  readonly count: number;
  /** by so many who push at the same time. */
  readonly clients: number;
  readonly harms: readonly Harm[];
  /** Whether all of it happens again as long as somebody pushes. */
  readonly again: boolean;
}

/**
 * Lets pushes through while harms happen in turn, at most an equal part while each of the
 * first round does; then waits until all is settled.
 * @param onHarm told when each is over
 */
export async function suffer(
  bed: SeveralGateways,
  { count, clients, harms, again }: Suffering,
  onHarm: (what: string) => void = () => undefined,
): Promise<Figures> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  let reached = 0;
  const most = () => Math.ceil((count * (reached + 1)) / harms.length);
  const losing = setInterval(() => bed.targets.map((target) => target.loseAnswer()), LOST_EVERY_MS);
  try {
    let isPushing = true;
    const pushing = pushThrough(bed, count, clients, most).finally(() => {
      isPushing = false;
    });
    for (const harm of inTurn(harms, () => again && isPushing)) {
      await harm.happen(bed);
      await wait(CALM_MS);
      onHarm(harm.name);
      reached += 1;
    }
    const told = await pushing;
    clearInterval(losing);
    const acceptedAfter = seconds();
    const states = await settled(bed);
    return { ...told, ...counted(bed, told), states, acceptedAfter, seconds: seconds() };
  } finally {
    clearInterval(losing);
  }
}

/** Between two harms all is well for a while. */
const CALM_MS = 500;

/** Each once, and then again as long as somebody pushes. */
function* inTurn(harms: readonly Harm[], isPushing: () => boolean): Generator<Harm> {
  yield* harms;
  while (isPushing()) for (const harm of harms) if (isPushing()) yield harm;
}

async function settled(bed: SeveralGateways): Promise<Readonly<Record<string, number>>> {
  const until = performance.now() + 300_000;
  for (;;) {
    const states = await bed.states();
    const isOver = (states['waiting'] ?? 0) + (states['sending'] ?? 0) === 0;
    if (isOver || performance.now() > until) return states;
    await wait(200);
  }
}

function counted({ targets }: SeveralGateways, { accepted, refused, unanswered }: Told) {
  const times = new Map<string, number>();
  for (const title of targets.flatMap((target) => target.made())) times.set(title, (times.get(title) ?? 0) + 1);
  const there = (titles: Iterable<string>) => [...titles].filter((title) => times.has(title)).length;
  return {
    lost: accepted.size - there(accepted),
    doubled: [...times.values()].filter((often) => often > 1).length,
    refusedAndThere: there(refused),
    unansweredAndThere: there(unanswered),
    calls: targets.reduce((sum, target) => sum + target.calls(), 0),
  };
}
