/** The audit of a gateway: who looked whom up. Recording never waits and never fails; reading is for administrators. */
import { isDeepStrictEqual } from 'node:util';
import { type Log, UserError, untilAborted } from '../../contract/index.ts';
import { asSourceError, failureText } from '../failure.ts';
import type { CheckRow } from '../outcome.ts';
import type { GatewayEvents } from '../telemetry.ts';
import type { NewAuditEntry } from './entry.ts';
import type { AuditFile, AuditFilter, AuditPage, AuditPlace, AuditPlan, AuditReader } from './file.ts';
import { AuditRecorder } from './recorder.ts';

/** Opens the file of the audit; it is made when the first entry is written. */
export type OpenAudit = (plan: AuditPlan, log: Log) => AuditFile;

interface Opened {
  readonly plan: AuditPlan;
  readonly file: AuditFile;
  readonly recorder: AuditRecorder;
}

/** Without `audit` in the configuration nothing is recorded. */
export class Audit implements AuditReader {
  readonly #log: Log;
  readonly #events: GatewayEvents;
  readonly #open: OpenAudit | undefined;
  #opened: Opened | undefined;
  #isServing = false;
  /** Settles when what an earlier configuration wanted kept is written. */
  #closing: Promise<unknown> = Promise.resolve();

  constructor(plan: AuditPlan | undefined, open: OpenAudit | undefined, log: Log, events: GatewayEvents) {
    this.#log = log;
    this.#events = events;
    this.#open = open;
    this.#opened = this.#begun(plan);
  }

  /** Whether anything is recorded; and what was searched for, too. */
  get keeps(): 'nothing' | 'ids' | 'values' {
    if (this.#opened === undefined) return 'nothing';
    return this.#opened.plan.values ? 'values' : 'ids';
  }

  /** Whether entries can be written, as far as that is known; undefined where nothing is recorded. */
  get isUp(): boolean | undefined {
    return this.#opened === undefined ? undefined : this.#opened.recorder.trouble === undefined;
  }

  /** For a gateway that serves: looks whether the file can be written, now and after a reload, before anybody is looked up. */
  start(): void {
    this.#isServing = true;
    // What a store does not take is written to a file.
    if (this.#opened?.plan.postgres === undefined) void this.#opened?.recorder.prove();
  }

  record(entry: NewAuditEntry): void {
    this.#opened?.recorder.record(entry);
  }

  /** What was recorded before is in the page. */
  async page(filter: AuditFilter, place: AuditPlace, signal?: AbortSignal): Promise<AuditPage> {
    return (await this.#flushed(signal)).page(filter, place, signal);
  }

  async count(filter: AuditFilter, signal?: AbortSignal): Promise<number> {
    return (await this.#flushed(signal)).count(filter, signal);
  }

  /** Whether entries can be written. That they cannot is a warning: lookups go on. Undefined where nothing is recorded. */
  async check(signal: AbortSignal): Promise<CheckRow | undefined> {
    const opened = this.#opened;
    if (opened === undefined) return undefined;
    const started = performance.now();
    let problem = '';
    try {
      await untilAborted(opened.file.prove(), signal);
      // There may be room for a proof, and none for what waits.
      if (opened.recorder.trouble !== undefined) await untilAborted(opened.recorder.flush(), signal);
      problem = opened.recorder.trouble ?? '';
    } catch (error) {
      problem = failureText(asSourceError(error, signal, `the audit ${opened.plan.file}`));
    }
    const milliseconds = Math.round(performance.now() - started);
    const warnings = problem === '' ? {} : { warnings: [problem] };
    return { source: 'audit', adapter: 'audit', ok: true, problem: '', ...warnings, milliseconds };
  }

  /** Another configuration is in force. */
  reload(plan: AuditPlan | undefined): void {
    const old = this.#opened;
    if (isDeepStrictEqual(old?.plan, plan)) return;
    this.#opened = this.#begun(plan);
    if (this.#isServing) this.start();
    this.#closing = Promise.all([this.#closing, closed(old)]);
  }

  /** Writes down what is not yet. */
  async close(): Promise<void> {
    await Promise.all([this.#closing, closed(this.#opened)]);
  }

  #begun(plan: AuditPlan | undefined): Opened | undefined {
    if (plan === undefined || this.#open === undefined) return undefined;
    const file = this.#open(plan, this.#log);
    return { plan, file, recorder: new AuditRecorder(file, this.#log, this.#events) };
  }

  async #flushed(signal: AbortSignal | undefined): Promise<AuditFile> {
    const opened = this.#opened;
    if (opened === undefined) throw new UserError('there is no audit; write audit: {} into the configuration');
    await opened.recorder.flush(signal);
    return opened.file;
  }
}

async function closed(opened: Opened | undefined): Promise<void> {
  await opened?.recorder.close();
  await opened?.file.close();
}
