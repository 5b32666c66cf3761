/**
 * The gateway: the configuration in force, its open sources, and what can be
 * asked of them. Knows no transport; `http/` and `cli/` stand in front of it.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type CallContext,
  type HelpDeskField,
  type Log,
  redact,
  type SourceState,
  withDeadlineWithin,
} from '../contract/index.ts';
import type { PushedRequest } from '../helpspot/pushed-request.ts';
import { type AjaxRequest, answerAjax } from './ajax/options.ts';
import { Audit, type OpenAudit } from './audit/audit.ts';
import type { CallOptions } from './call.ts';
import type { SourceLook } from './check/source-look.ts';
import { discreet, discreetAjax, discreetDetails, discreetLookup, discreetStanding } from './discreet.ts';
import type { EventOutcome, SignedEvent } from './events/intake.ts';
import { failureFields, failureText } from './failure.ts';
import { answerLookup, type LookupRequest } from './lookup/live-lookup.ts';
import type { AjaxOutcome, CheckRow, Finding, LookupOutcome } from './outcome.ts';
import type { GatewayPlan, SourcePlan } from './plan.ts';
import { type PlanChange, planChanges } from './plan-changes.ts';
import type { PushHost } from './push/host.ts';
import type { Ledger } from './push/ledger.ts';
import type { DetailsOutcome, PushOutcome, StandingOutcome, WebhookOutcome } from './push/outcome.ts';
import { type PushCall, Pushes } from './push/pushes.ts';
import type { SpoolPlace } from './push/spool.ts';
import { newReference } from './reference.ts';
import { customFieldsOf } from './request-names.ts';
import type { Rest } from './sources/breaker.ts';
import { type CustomerIndex, freshnessOf, type IndexState } from './sources/customer-index.ts';
import type { FedWhere, FeedResult } from './sources/index-feeder.ts';
import { SourceHandle } from './sources/source-handle.ts';
import { GatewayEvents } from './telemetry.ts';

export type { CallOptions } from './call.ts';

/** The part of the pushes that the server starts and watches, and that people change by hand. */
export type PushQueue = Pick<Pushes, 'start' | 'figures' | 'isStoreUp' | 'openRecords' | 'ledger' | 'wake' | 'preview'>;

/** The part of the audit that others use. */
export type AuditRoom = Pick<Audit, 'keeps' | 'isUp' | 'record' | 'page' | 'count'>;

/** What a gateway works with. */
export interface GatewayParts {
  readonly log: Log;
  /** Opens the ledger of pushes, when it is first needed; without it nothing can be pushed. */
  readonly openLedger?: () => Promise<Ledger>;
  /** Takes pushes while the ledger is away; without it they are refused then. */
  readonly spool?: SpoolPlace | undefined;
  /** Opens the index of what sources list, when a source first has one; without it each is asked itself. @param file its path */
  readonly openIndex?: (file: string) => CustomerIndex;
  /** Opens the audit, where the configuration wants one; without it nothing is recorded. */
  readonly openAudit?: OpenAudit;
  /** Reads the configuration again, without putting it in force. @throws {UserError} what is wrong with it */
  readonly readPlan?: () => Promise<GatewayPlan>;
  /** Says whether pushes could be stored, in a process that stores none. @throws {StoreError} why they could not */
  readonly checkStore?: () => Promise<void>;
}

/** What stands behind the addresses and the commands. */
export interface Gateway {
  /** The configuration in force; another one after a reload. */
  readonly plan: GatewayPlan;
  readonly log: Log;
  /** What happens, for those who count. */
  readonly events: GatewayEvents;
  /** The queue of pushes. */
  readonly pushes: PushQueue;
  /** Who looked whom up: what else is to be in it, and how it is read. */
  readonly audit: AuditRoom;
  /** Answers one lookup within the deadline. A failure is an outcome; it does not throw. */
  lookup(request: LookupRequest, options?: CallOptions): Promise<LookupOutcome>;
  /** Request Push (manual, chapter 2): stores the push, and sends it or leaves it to the queue. A failure is an outcome. */
  push(request: PushCall, options?: CallOptions): Promise<PushOutcome>;
  /** How a push stands, for programs; `id` is what it answered. */
  pushStanding(request: { target: string; id: string }, options?: CallOptions): Promise<StandingOutcome>;
  /** How a pushed thing stands; `id` is what a push answered. */
  pushDetails(request: { target: string; id: string }, options?: CallOptions): Promise<DetailsOutcome>;
  /** A HelpSpot webhook: resolves when its pushes are stored. */
  webhook(request: { name: string; request: PushedRequest }, options?: CallOptions): Promise<WebhookOutcome>;
  /** A signed event of another system: resolves when it is stored, or is not to be believed. A failure is an outcome. */
  event(event: SignedEvent, options?: CallOptions): Promise<EventOutcome>;
  /** Answers one call of an AJAX selection field within the deadline. A failure is an outcome; it does not throw. */
  ajax(request: AjaxRequest, options?: CallOptions): Promise<AjaxOutcome>;
  /**
   * Asks every source for a sign of life, side by side, within the deadline. A row `store` says whether pushes can be
   * stored, where there are push targets; a row `audit` warns where that cannot be written.
   */
  check(signal?: AbortSignal): Promise<readonly CheckRow[]>;
  /** One source: a row of {@link check}. */
  checkSource(name: string, signal?: AbortSignal): Promise<CheckRow>;
  /** What is known of the fields of a source. @param withSample whether some of its records are read for examples */
  lookAt(name: string, withSample: boolean, signal?: AbortSignal): Promise<SourceLook | undefined>;
  /** By hand: has the index of a source read anew. @returns false where there is nothing to do it with */
  rebuildIndex(name: string): Promise<boolean>;
  /** Compares the configuration with what the sources have, within the deadline. Reads a sample of their records. */
  inspect(signal?: AbortSignal): Promise<readonly Finding[]>;
  /** The custom fields of the HelpSpot that asks, where a source is that; empty where they are not known at once. */
  customFields(signal: AbortSignal): Promise<readonly HelpDeskField[]>;
  /** What sources that hold their data themselves say of them, by name; those that are not open say nothing. */
  states(): ReadonlyMap<string, SourceState>;
  /** What there is in the index, by source; one that cannot be read says nothing, nor does a source without an index. */
  indexes(): Promise<ReadonlyMap<string, IndexState>>;
  /**
   * Asks a source for the records that have these values (field → value), and puts what it has now into its index, in place of
   * what is there, beside a run that is on. Resolves when that is done or given up, which may take minutes, and never throws:
   * the log tells what could not be done, and the next run of the index brings it.
   * @param source a name of the configuration
   */
  refreshIndexed(source: string, where: FedWhere): Promise<FeedResult>;
  /** Every source by name, and why it rests; undefined while it is asked. */
  rests(): ReadonlyMap<string, Rest | undefined>;
  /** Lets sources that read their data beforehand begin with it, now and after each reload. */
  readAhead(): void;
  /** Puts another configuration in force. Calls in hand end on the old one; sources that did not change stay open. */
  reload(plan: GatewayPlan): Promise<void>;
  /** What the last {@link reload} changed; undefined before the first. */
  readonly lastReload: LastReload | undefined;
  /** As {@link GatewayParts}; undefined in a process that reads it once. */
  readonly readPlan: GatewayParts['readPlan'];
  /** Closes the sources after the calls in hand. */
  close(): Promise<void>;
}

/** Another configuration was put in force. */
export interface LastReload {
  readonly at: Date;
  readonly changes: readonly PlanChange[];
}

/** Makes a gateway. No source is opened before it is asked. */
export function createGateway(plan: GatewayPlan, parts: GatewayParts): Gateway {
  return new OpenGateway(plan, parts);
}

class OpenGateway implements Gateway {
  readonly log: Log;
  readonly events = new GatewayEvents();
  readonly pushes: Pushes;
  readonly audit: Audit;
  readonly readPlan: GatewayParts['readPlan'];
  lastReload: LastReload | undefined;
  readonly #host: PushHost;
  #plan: GatewayPlan;
  #sources: ReadonlyMap<string, SourceHandle> = new Map();
  readonly #openIndex: GatewayParts['openIndex'];
  #index: CustomerIndex | undefined;
  #readsAhead = false;
  /** Settles when nobody of an earlier configuration brings an index up to date any more. */
  #unfollowed: Promise<unknown> = Promise.resolve();

  constructor(plan: GatewayPlan, parts: GatewayParts) {
    const { log, openLedger, spool, openIndex, openAudit, readPlan, checkStore } = parts;
    this.log = log;
    this.readPlan = readPlan;
    this.#plan = plan;
    this.#openIndex = openIndex;
    this.#sources = this.#handles(plan);
    const source = (name: string) => this.#source(name);
    const refreshIndexed = (name: string, where: FedWhere) => this.refreshIndexed(name, where);
    this.audit = new Audit(plan.audit, openAudit, log, this.events);
    this.#host = { plan: () => this.#plan, source, log, events: this.events, audit: this.audit, refreshIndexed };
    this.pushes = new Pushes(this.#host, { openLedger, checkStore, spool });
  }

  get plan(): GatewayPlan {
    return this.#plan;
  }

  async lookup(request: LookupRequest, options: CallOptions = {}): Promise<LookupOutcome> {
    const started = performance.now();
    const { lookup } = request;
    const { lookups, secrets } = this.#plan;
    // A name that anybody can make up is no name for a figure.
    const isKnown = lookups.has(lookup);
    const outcome = await answerLookup(request, options, this.#host);
    if (isKnown) {
      const seconds = (performance.now() - started) / 1000;
      this.events.tell({ kind: 'lookup', lookup, seconds, failed: outcome.failure !== undefined });
    }
    return discreetLookup(outcome, secrets);
  }

  async ajax(request: AjaxRequest, options: CallOptions = {}): Promise<AjaxOutcome> {
    const { secrets } = this.#plan;
    return discreetAjax(await answerAjax(request, options, this.#host), secrets);
  }

  async push(request: PushCall, options: CallOptions = {}): Promise<PushOutcome> {
    const { secrets } = this.#plan;
    return discreet(await this.pushes.push(request, options), secrets);
  }

  async pushStanding(request: { target: string; id: string }, options: CallOptions = {}): Promise<StandingOutcome> {
    const { secrets } = this.#plan;
    return discreetStanding(await this.pushes.standing(request, options), secrets);
  }

  async pushDetails(request: { target: string; id: string }, options: CallOptions = {}): Promise<DetailsOutcome> {
    const { secrets } = this.#plan;
    return discreetDetails(await this.pushes.details(request, options), secrets);
  }

  async webhook(request: { name: string; request: PushedRequest }, options: CallOptions = {}): Promise<WebhookOutcome> {
    const { secrets } = this.#plan;
    return discreet(await this.pushes.webhook(request, options), secrets);
  }

  async event(event: SignedEvent, options: CallOptions = {}): Promise<EventOutcome> {
    const { secrets } = this.#plan;
    return discreet(await this.pushes.event(event, options), secrets);
  }

  async check(signal?: AbortSignal): Promise<readonly CheckRow[]> {
    const { deadlineMs } = this.#plan.server;
    const reference = newReference();
    const handles = [...this.#sources.values()];
    return withDeadlineWithin(deadlineMs, signal, async (limited) => {
      const sources = handles.map((handle) => checkRow(handle, { signal: limited, reference }));
      const rows = await Promise.all([...sources, this.pushes.check(limited), this.audit.check(limited)]);
      const { secrets } = this.#plan;
      return rows.filter((row) => row !== undefined).map((row) => discreetRow(row, secrets));
    });
  }

  async checkSource(name: string, signal?: AbortSignal): Promise<CheckRow> {
    const { server, secrets } = this.#plan;
    const handle = this.#source(name);
    const work = (limited: AbortSignal) => checkRow(handle, { signal: limited, reference: newReference() });
    return discreetRow(await withDeadlineWithin(server.deadlineMs, signal, work), secrets);
  }

  async lookAt(name: string, withSample: boolean, signal?: AbortSignal): Promise<SourceLook | undefined> {
    const { lookAtSource } = await import('./check/source-look.ts');
    const handle = this.#source(name);
    return withDeadlineWithin(this.#plan.server.deadlineMs, signal, (limited) =>
      lookAtSource(handle, withSample, { signal: limited, reference: newReference() }),
    );
  }

  rebuildIndex(name: string): Promise<boolean> {
    return this.#source(name).rebuildIndex();
  }

  async inspect(signal?: AbortSignal): Promise<readonly Finding[]> {
    const { server, secrets } = this.#plan;
    const { findingsOf } = await import('./check/findings.ts');
    const findings = await withDeadlineWithin(server.deadlineMs, signal, (limited) =>
      findingsOf(this.#plan, (name) => this.#source(name), { signal: limited, reference: newReference() }),
    );
    return findings.map((finding) => ({ ...finding, sentence: redact(finding.sentence, secrets) }));
  }

  customFields(signal: AbortSignal): Promise<readonly HelpDeskField[]> {
    return customFieldsOf(this.#host, { signal, reference: newReference() });
  }

  states(): ReadonlyMap<string, SourceState> {
    const states = [...this.#sources].map(([name, handle]) => [name, handle.state()] as const);
    return new Map(states.filter((entry): entry is [string, SourceState] => entry[1] !== undefined));
  }

  async indexes(): Promise<ReadonlyMap<string, IndexState>> {
    const states = await Promise.all(
      [...this.#sources].map(async ([name, handle]) => [name, await indexState(handle)] as const),
    );
    return new Map(states.filter((entry): entry is [string, IndexState] => entry[1] !== undefined));
  }

  refreshIndexed(source: string, where: FedWhere): Promise<FeedResult> {
    return this.#source(source).feedIndex(where);
  }

  rests(): ReadonlyMap<string, Rest | undefined> {
    return new Map([...this.#sources].map(([name, { rest }]) => [name, rest]));
  }

  readAhead(): void {
    this.#readsAhead = true;
    this.#retainIndexes();
    for (const handle of this.#sources.values()) handle.readAhead();
  }

  async reload(plan: GatewayPlan): Promise<void> {
    const old = this.#sources;
    this.lastReload = { at: new Date(), changes: planChanges(this.#plan, plan) };
    this.#sources = this.#handles(plan);
    this.#plan = plan;
    this.pushes.reload();
    this.audit.reload(plan.audit);
    const kept = new Set(this.#sources.values());
    const known = new Set(old.values());
    for (const handle of kept) if (known.has(handle)) handle.reloaded();
    const gone = [...old.values()].filter((handle) => !kept.has(handle));
    if (this.#readsAhead) {
      // Both would follow as the same gateway, and one write what the other reads.
      this.#unfollowed = Promise.all([this.#unfollowed, ...gone.map((handle) => handle.unfollow())]);
      await this.#unfollowed;
      this.#retainIndexes();
      for (const handle of kept) if (!known.has(handle)) handle.readAhead();
    }
    await retireAll(gone);
  }

  async close(): Promise<void> {
    await this.pushes.close();
    await retireAll([...this.#sources.values()]);
    await this.#index?.close();
    await this.audit.close();
  }

  #handles(plan: GatewayPlan): ReadonlyMap<string, SourceHandle> {
    const handles = new Map<string, SourceHandle>();
    for (const source of plan.sources.values()) {
      const open = this.#sources.get(source.name);
      const isUnchanged = open !== undefined && isDeepStrictEqual(open.plan.written, source.written);
      handles.set(
        source.name,
        isUnchanged ? open : new SourceHandle(source, this.log, this.events, this.#indexOf(plan, source)),
      );
    }
    return handles;
  }

  /** One file for all sources; another one in the configuration is used from the next start on. */
  #indexOf({ store }: GatewayPlan, { index }: SourcePlan): CustomerIndex | undefined {
    return index === undefined ? undefined : this.#customers(store.index);
  }

  #customers(file: string | undefined): CustomerIndex | undefined {
    if (file !== undefined && this.#openIndex !== undefined) this.#index ??= this.#openIndex(file);
    return this.#index;
  }

  /** What no source keeps any more is removed from the file. */
  #retainIndexes(): void {
    const names = [...this.#plan.sources.values()].flatMap(({ name, index }) => (index === undefined ? [] : [name]));
    this.#customers(this.#plan.store.index)
      ?.retain(names)
      .catch((error: unknown) => {
        this.log.error(failureFields(error), 'the index cannot be written');
      });
  }

  #source(name: string): SourceHandle {
    const handle = this.#sources.get(name);
    if (handle === undefined) throw new Error(`the configuration let an unknown source through: ${name}`);
    return handle;
  }
}

async function checkRow(handle: SourceHandle, context: CallContext): Promise<CheckRow> {
  const { name, adapter } = handle.plan;
  const started = performance.now();
  let problem = '';
  try {
    await handle.check(context);
  } catch (error) {
    problem = failureText(error);
  }
  const milliseconds = Math.round(performance.now() - started);
  const { warnings = [] } = handle.state() ?? {};
  const { rest } = handle;
  const index = await indexState(handle);
  const indexedAt = index && freshnessOf(index)?.at;
  return {
    source: name,
    adapter: adapter.name,
    ok: problem === '',
    problem,
    milliseconds,
    ...(warnings.length > 0 && { warnings }),
    ...(rest !== undefined && { since: isoTime(rest.since), nextAt: isoTime(rest.nextAt) }),
    ...(indexedAt !== undefined && { indexedAt: isoTime(indexedAt) }),
  };
}

/** Questions, and what tells of them, are told of a file that cannot be read by the log of the questions. */
function indexState(handle: SourceHandle): Promise<IndexState | undefined> {
  return handle.indexState().catch(() => undefined);
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}

function discreetRow({ problem, warnings, ...row }: CheckRow, secrets: readonly string[]): CheckRow {
  const told = { ...row, problem: redact(problem, secrets) };
  return warnings === undefined ? told : { ...told, warnings: warnings.map((warning) => redact(warning, secrets)) };
}

async function retireAll(handles: readonly SourceHandle[]): Promise<void> {
  await Promise.all(handles.map((handle) => handle.retire()));
}
