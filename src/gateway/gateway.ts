/**
 * The gateway: the configuration in force, its open sources, and what can be
 * asked of them. Knows no transport; `http/` and `cli/` stand in front of it.
 */
import {
  type CallContext,
  type HelpDeskField,
  type Log,
  redact,
  type SourceState,
  withDeadlineWithin,
} from '../contract/index.ts';
import { type AjaxRequest, answerAjax } from './ajax/options.ts';
import { Audit, type OpenAudit } from './audit/audit.ts';
import type { CallOptions } from './call.ts';
import type { SourceLook } from './check/source-look.ts';
import { discreet, discreetAjax, discreetDetails, discreetLookup, discreetStanding } from './discreet.ts';
import type { EventOutcome, SignedEvent } from './events/intake.ts';
import { answerLookup, type LookupRequest } from './lookup/live-lookup.ts';
import type { AjaxOutcome, CheckRow, Finding, LookupOutcome } from './outcome.ts';
import type { GatewayPlan } from './plan.ts';
import { type LastReload, planChanges } from './plan-changes.ts';
import type { PushHost } from './push/host.ts';
import type { Ledger } from './push/ledger.ts';
import type { DetailsOutcome, PushOutcome, StandingOutcome, WebhookOutcome } from './push/outcome.ts';
import { type PushCall, Pushes, type WebhookCall } from './push/pushes.ts';
import type { SpoolPlace } from './push/spool.ts';
import type { PushQuestion } from './push/standings.ts';
import { newReference } from './reference.ts';
import { customFieldsOf } from './request-names.ts';
import type { Rest } from './sources/breaker.ts';
import { checkRow, discreetRow } from './sources/check-row.ts';
import type { IndexState } from './sources/customer-index.ts';
import type { FedWhere, FeedResult } from './sources/index-feeder.ts';
import { type OpenIndex, OpenSources } from './sources/open-sources.ts';
import { GatewayEvents } from './telemetry.ts';

/** The part of the pushes that the server starts and watches, and that people change by hand. */
export type PushQueue = Pick<Pushes, 'start' | 'figures' | 'isStoreUp' | 'openRecords' | 'ledger' | 'wake' | 'preview'>;

/** The part of the audit that others use. */
export type AuditRoom = Pick<Audit, 'keeps' | 'isUp' | 'start' | 'record' | 'page' | 'count'>;

/** What a gateway works with. */
export interface GatewayParts {
  readonly log: Log;
  /** Opens the ledger of pushes, when it is first needed; without it nothing can be pushed. */
  readonly openLedger?: () => Promise<Ledger>;
  /** Takes pushes while the ledger is away; without it they are refused then. */
  readonly spool?: SpoolPlace | undefined;
  /** When a source first has an index; without it each is asked itself. */
  readonly openIndex?: OpenIndex;
  /** Opens the audit, where the configuration wants one; without it nothing is recorded. */
  readonly openAudit?: OpenAudit;
  /** Reads the configuration again, without putting it in force. @throws {UserError} what is wrong with it */
  readonly readPlan?: () => Promise<GatewayPlan>;
  /** Says whether pushes could be stored, in a process that stores none. @throws {StoreError} why they could not */
  readonly checkStore?: () => Promise<void>;
}

/** What stands behind the addresses and the commands. A failure is an outcome: what answers a call does not throw. */
export class Gateway {
  readonly log: Log;
  /** What happens, for those who count. */
  readonly events = new GatewayEvents();
  /** As {@link GatewayParts}; undefined in a process that reads it once. */
  readonly readPlan: GatewayParts['readPlan'];
  /** What the last {@link reload} changed; undefined before the first. */
  lastReload: LastReload | undefined;
  /** The queue of pushes. */
  readonly pushes: PushQueue;
  /** Who looked whom up: what else is to be in it, and how it is read. */
  readonly audit: AuditRoom;
  readonly #pushes: Pushes;
  readonly #audit: Audit;
  readonly #host: PushHost;
  readonly #sources: OpenSources;
  #plan: GatewayPlan;

  constructor(plan: GatewayPlan, { log, openLedger, spool, openIndex, openAudit, readPlan, checkStore }: GatewayParts) {
    this.log = log;
    this.readPlan = readPlan;
    this.#plan = plan;
    this.#sources = new OpenSources(plan, log, this.events, openIndex);
    this.audit = this.#audit = new Audit(plan.audit, openAudit, log, this.events);
    this.#host = {
      ...{ log, events: this.events, audit: this.#audit, plan: () => this.#plan },
      source: (name) => this.#sources.of(name),
      refreshIndexed: (name, where) => this.refreshIndexed(name, where),
    };
    this.pushes = this.#pushes = new Pushes(this.#host, { openLedger, checkStore, spool });
  }

  /** The configuration in force; another one after a reload. */
  get plan(): GatewayPlan {
    return this.#plan;
  }

  /** Answers one lookup within the deadline. */
  async lookup(request: LookupRequest, options: CallOptions = {}): Promise<LookupOutcome> {
    const started = performance.now();
    const { lookup } = request;
    // A name that anybody can make up is no name for a figure.
    const isKnown = this.#plan.lookups.has(lookup);
    const outcome = await this.#masked(answerLookup(request, options, this.#host), discreetLookup);
    if (isKnown) {
      const seconds = (performance.now() - started) / 1000;
      this.events.tell({ kind: 'lookup', lookup, seconds, failed: outcome.failure !== undefined });
    }
    return outcome;
  }

  /** Answers one call of an AJAX selection field within the deadline. */
  ajax(request: AjaxRequest, options: CallOptions = {}): Promise<AjaxOutcome> {
    return this.#masked(answerAjax(request, options, this.#host), discreetAjax);
  }

  /** Request Push (manual, chapter 2): stores the push, and sends it or leaves it to the queue. */
  push(request: PushCall, options: CallOptions = {}): Promise<PushOutcome> {
    return this.#masked(this.#pushes.push(request, options), discreet);
  }

  /** How a push stands, for programs. */
  pushStanding(request: PushQuestion, options: CallOptions = {}): Promise<StandingOutcome> {
    return this.#masked(this.#pushes.standings.standing(request, options), discreetStanding);
  }

  /** How a pushed thing stands. */
  pushDetails(request: PushQuestion, options: CallOptions = {}): Promise<DetailsOutcome> {
    return this.#masked(this.#pushes.standings.details(request, options), discreetDetails);
  }

  /** A HelpSpot webhook: resolves when its pushes are stored. */
  webhook(request: WebhookCall, options: CallOptions = {}): Promise<WebhookOutcome> {
    return this.#masked(this.#pushes.webhook(request, options), discreet);
  }

  /** A signed event of another system: resolves when it is stored, or is not to be believed. */
  event(event: SignedEvent, options: CallOptions = {}): Promise<EventOutcome> {
    return this.#masked(this.#pushes.event(event, options), discreet);
  }

  /**
   * Asks every source for a sign of life, side by side, within the deadline. A row `store` says whether pushes can be
   * stored, where there are push targets; a row `audit` warns where that cannot be written.
   */
  async check(signal?: AbortSignal): Promise<readonly CheckRow[]> {
    const handles = this.#sources.all;
    const { secrets } = this.#plan;
    const rows = await this.#within(signal, (context) =>
      Promise.all([
        ...handles.map((handle) => checkRow(handle, context)),
        this.#pushes.check(context.signal),
        this.#audit.check(context.signal),
      ]),
    );
    return rows.filter((row) => row !== undefined).map((row) => discreetRow(row, secrets));
  }

  /** One source: a row of {@link check}. */
  async checkSource(name: string, signal?: AbortSignal): Promise<CheckRow> {
    const { secrets } = this.#plan;
    const handle = this.#sources.of(name);
    return discreetRow(await this.#within(signal, (context) => checkRow(handle, context)), secrets);
  }

  /** What is known of the fields of a source. @param withSample whether some of its records are read for examples */
  async lookAt(name: string, withSample: boolean, signal?: AbortSignal): Promise<SourceLook | undefined> {
    const { lookAtSource } = await import('./check/source-look.ts');
    const handle = this.#sources.of(name);
    return this.#within(signal, (context) => lookAtSource(handle, withSample, context));
  }

  /** By hand: has the index of a source read anew. @returns false where there is nothing to do it with */
  async rebuildIndex(name: string): Promise<boolean> {
    return (await this.#sources.of(name).index?.rebuild()) ?? false;
  }

  /** Compares the configuration with what the sources have, within the deadline. Reads a sample of their records. */
  async inspect(signal?: AbortSignal): Promise<readonly Finding[]> {
    const { secrets } = this.#plan;
    const { findingsOf } = await import('./check/findings.ts');
    const findings = await this.#within(signal, (context) => findingsOf(this.#plan, this.#host.source, context));
    return findings.map((finding) => ({ ...finding, sentence: redact(finding.sentence, secrets) }));
  }

  /** The custom fields of the HelpSpot that asks, where a source is that; empty where they are not known at once. */
  customFields(signal: AbortSignal): Promise<readonly HelpDeskField[]> {
    return customFieldsOf(this.#host, { signal, reference: newReference() });
  }

  /** What sources that hold their data themselves say of them, by name; those that are not open say nothing. */
  states(): ReadonlyMap<string, SourceState> {
    return this.#sources.states();
  }

  /** What there is in the index, by source; one that cannot be read says nothing, nor does a source without an index. */
  indexes(): Promise<ReadonlyMap<string, IndexState>> {
    return this.#sources.indexes();
  }

  /**
   * Asks a source for the records that have these values (field → value), and puts what it has now into its index, in place of
   * what is there, beside a run that is on. Resolves when that is done or given up, which may take minutes, and never throws:
   * the log tells what could not be done, and the next run of the index brings it.
   * @param source a name of the configuration
   */
  async refreshIndexed(source: string, where: FedWhere): Promise<FeedResult> {
    return (await this.#sources.of(source).index?.feed(where)) ?? 'none';
  }

  /** Every source by name, and why it rests; undefined while it is asked. */
  rests(): ReadonlyMap<string, Rest | undefined> {
    return this.#sources.rests();
  }

  /** Lets sources that read their data beforehand begin with it, now and after each reload. */
  readAhead(): void {
    this.#sources.readAhead();
  }

  /** Puts another configuration in force. Calls in hand end on the old one; sources that did not change stay open. */
  async reload(plan: GatewayPlan): Promise<void> {
    this.lastReload = { at: new Date(), changes: planChanges(this.#plan, plan) };
    this.#plan = plan;
    const replaced = this.#sources.reload(plan);
    this.#pushes.reload();
    this.#audit.reload(plan.audit);
    await replaced;
  }

  /** Closes the sources after the calls in hand. */
  async close(): Promise<void> {
    await this.#pushes.close();
    await this.#sources.close();
    await this.#audit.close();
  }

  /** Without the secrets of the configuration by which it was asked. */
  async #masked<Outcome>(
    outcome: Promise<Outcome>,
    mask: (outcome: Outcome, secrets: readonly string[]) => Outcome,
  ): Promise<Outcome> {
    const { secrets } = this.#plan;
    return mask(await outcome, secrets);
  }

  /** What is asked without a call of HelpSpot's: by its own reference, within the same deadline. */
  #within<T>(signal: AbortSignal | undefined, work: (context: CallContext) => Promise<T>): Promise<T> {
    return withDeadlineWithin(this.#plan.server.deadlineMs, signal, (limited) =>
      work({ signal: limited, reference: newReference() }),
    );
  }
}

/** Makes a gateway. No source is opened before it is asked. */
export function createGateway(plan: GatewayPlan, parts: GatewayParts): Gateway {
  return new Gateway(plan, parts);
}
