/** Who pushes while several gateways suffer: like HelpSpot, through the balancer, each push one after the other. */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { SeveralGateways } from './bed.ts';

/** What became of calls. A request is named by its title, as the targets know it. */
export interface Told {
  /** Somebody has an id of it. */
  readonly accepted: Set<string>;
  /** The gateway refused it in words, and it was left at that. */
  readonly refused: Set<string>;
  /** Nobody said what became of it, and it was left at that. */
  readonly unanswered: Set<string>;
  /** What refusals said, each once. */
  readonly words: Set<string>;
  /** Calls that were refused, also where the push was accepted later. */
  refusals: number;
}

const ANSWER_MS = 12_000;
const AGAIN_MS = 250;
/** Not to be compressed: what a store takes for it is known. */
const NOTE_BYTES = 1_500;

/**
 * Pushes until so many were accepted. Of what is not, one half is pushed again until it is; the other half is left at that.
 * @param most how many may have been accepted by now
 */
export async function pushThrough(
  { url, targets }: SeveralGateways,
  count: number,
  clients: number,
  most: () => number,
): Promise<Told> {
  const told: Told = {
    ...{ accepted: new Set(), refused: new Set(), unanswered: new Set(), words: new Set(), refusals: 0 },
  };
  let next = 0;
  let open = 0;
  const one = async () => {
    for (;;) {
      while (told.accepted.size + open >= Math.min(most(), count)) {
        if (told.accepted.size >= count) return;
        await wait(5);
      }
      open += 1;
      next += 1;
      await pushed(next);
      open -= 1;
    }
  };
  const pushed = async (number: number) => {
    const title = `Request ${number}`;
    const target = targets[number % targets.length]?.name ?? '';
    const insists = Math.floor(number / targets.length) % 2 === 0;
    const note = { xRequestHistory: '1', fPublic: '1', tNote: randomBytes(NOTE_BYTES / 2).toString('hex') };
    const body = JSON.stringify({ xRequest: String(number), sTitle: title, request_history: [note] });
    for (;;) {
      const outcome = await answered(`${url}/push/${target}`, body);
      if (outcome.id !== undefined) return void told.accepted.add(title);
      if (outcome.error !== undefined) {
        told.words.add(outcome.error.replace(/ \(ref \w+\)/, ''));
        told.refusals += 1;
      }
      if (!insists) (outcome.error === undefined ? told.unanswered : told.refused).add(title);
      await wait(AGAIN_MS);
      if (!insists) return;
    }
  };
  await Promise.all(Array.from({ length: clients }, one));
  return told;
}

/** @returns an id, what the gateway said, or neither: the balancer said that no gateway answers, or nobody said anything */
async function answered(url: string, body: string): Promise<{ readonly id?: string; readonly error?: string }> {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(ANSWER_MS) });
    const { id, error } = Object(JSON.parse(await answer.text()));
    if (answer.status === 200 && typeof id === 'string') return { id };
    return typeof error === 'string' ? { error } : {};
  } catch {
    return {};
  }
}
