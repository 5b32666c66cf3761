/**
 * Finds an issue by its reference. Jira's searches come from an index that follows the issues: in Cloud by design
 * (https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/: searches are eventually consistent, and
 * only an issue whose id is known can be asked for with certainty), in Data Center from one node to the others. So an
 * issue that is not found is looked for until the index must have it.
 */
import { type CallContext, remainingMs, SourceError } from '../../src/contract/index.ts';
import { pause } from '../../src/kit/wait/index.ts';
import type { Jira } from './server.ts';
import { type Settings, searchDelayOf } from './settings.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4_000;
/** One attempt waits no longer; the next one goes on. */
const LONGEST_WAIT_MS = 10_000;
/** An answer needs some time too. */
const RESERVE_MS = 1_500;
/** Pushes that are looked for at a time. */
const MOST_KEPT = 1_000;

/** Looks for issues. */
export class Finder {
  readonly #jira: Jira;
  readonly #settings: Settings;
  /** When each reference was looked for first, on the clock of `performance.now()`. */
  readonly #since = new Map<string, number>();

  constructor(jira: Jira, settings: Settings) {
    this.#jira = jira;
    this.#settings = settings;
  }

  /** An issue with this reference is about to be made: what is known of earlier searches means nothing any more. */
  begins(reference: string): void {
    this.#since.delete(reference);
  }

  /** @returns the key. @throws {SourceError} to be asked again later, while the index may still lack the issue */
  async find(reference: string, context: CallContext): Promise<string | undefined> {
    const since = this.#begin(reference);
    const patience = performance.now() + LONGEST_WAIT_MS;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      // A search that begins after the delay would see it.
      const left = since + searchDelayOf(this.#settings) - performance.now();
      const found = await this.#search(reference, context);
      if (found !== undefined) this.#since.delete(reference);
      if (found !== undefined || left <= 0) return found;
      const rest = Math.min(wait, left);
      const time = Math.min(remainingMs(context.signal) ?? Number.POSITIVE_INFINITY, patience - performance.now());
      if (rest + RESERVE_MS > time) throw tooEarly(left);
      await pause(Math.max(1, Math.ceil(rest)), context.signal);
    }
  }

  async #search(reference: string, context: CallContext): Promise<string | undefined> {
    const isLabel = this.#settings.reference === 'label';
    // The reference has letters, digits and dashes only.
    const condition = isLabel ? `labels = "${reference}"` : `description ~ "\\"${reference}\\""`;
    const issues = await this.#jira.search(`${condition} ORDER BY created ASC`, context);
    return issues.find(({ fields: { labels, description } }) =>
      isLabel ? labels?.includes(reference) : JSON.stringify(description ?? '').includes(reference),
    )?.key;
  }

  #begin(reference: string): number {
    const known = this.#since.get(reference);
    if (known !== undefined) return known;
    const [oldest] = this.#since.keys();
    if (this.#since.size >= MOST_KEPT && oldest !== undefined) this.#since.delete(oldest);
    const now = performance.now();
    this.#since.set(reference, now);
    return now;
  }
}

function tooEarly(leftMs: number): SourceError {
  return new SourceError('bad-response', "Jira's search may not show the newest issues yet; it is asked again", {
    retryAfterMs: Math.ceil(leftMs),
  });
}
