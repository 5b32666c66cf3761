/** Where the pushes of several gateways go: one system that takes the same reference once, one that is searched. Each records what comes. */
import { startFogBugz } from '../fogbugz/server.ts';
import { type StandIn, startStandIn } from '../http/stand-in.ts';

/** A system that is pushed to. */
export interface RecordingTarget {
  /** The push target's name. */
  readonly name: string;
  /** Of its source. */
  readonly source: Readonly<Record<string, unknown>>;
  /** Of its push target, beside the source. */
  readonly push: Readonly<Record<string, unknown>>;
  /** The titles of what was made there, in order. */
  made(): readonly string[];
  /** How often it was asked to make something. */
  readonly calls: () => number;
  /** The next call is done, and its answer is lost. */
  loseAnswer(): void;
  /** Some calls from now on are answered so late that they are under way when something happens. */
  slowDown(): void;
  close(): Promise<void>;
}

/** A web hook that takes a repeated call once. */
export async function startIdempotentHook(): Promise<RecordingTarget> {
  const byKey = new Map<string, string>();
  const standIn = await startStandIn((request) => {
    const { title } = Object(request.json());
    const key = String(request.headers['idempotency-key']);
    if (!byKey.has(key)) byKey.set(key, String(title));
    return { status: 201, body: { id: key } };
  });
  const json = { title: '{{title}}', note: '{{note}}' };
  return {
    name: 'Hook',
    source: { adapter: 'webhook', url: `${standIn.url}/hook`, json, idempotencyHeader: 'Idempotency-Key' },
    push: {},
    made: () => [...byKey.values()],
    calls: () => standIn.received.length,
    ...faultsOf(standIn),
    close: () => standIn.close(),
  };
}

/**
 * FogBugz, which makes two cases of two equal calls, and is searched for the tag of a push.
 * @param lookFor longer than a gateway stands still: a call that had left may arrive until then
 */
export async function startSearchedTracker(lookFor: string): Promise<RecordingTarget> {
  const desk = await startFogBugz({ api: 'json' });
  return {
    name: 'Cases',
    source: { adapter: 'fogbugz', ...desk.settings, reference: 'tag' },
    push: { lookFor },
    made: () => desk.made.map(({ columns }) => columns['sTitle'] ?? ''),
    calls: () => desk.http.received.filter(({ body }) => body.includes('"cmd":"new"')).length,
    ...faultsOf(desk.http),
    close: () => desk.close(),
  };
}

const LATE = { delayMs: 500 };
const LATE_CALLS = 12;

function faultsOf(standIn: StandIn): Pick<RecordingTarget, 'loseAnswer' | 'slowDown'> {
  return {
    loseAnswer() {
      if (standIn.faults[0] !== 'cut-after') standIn.faults.unshift('cut-after');
    },
    slowDown() {
      standIn.faults = Array.from({ length: LATE_CALLS }, () => LATE);
    },
  };
}
