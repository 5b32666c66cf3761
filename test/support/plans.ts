/** Plans for tests of the gateway: as `config/` would make them, with what a test does not care about filled in. */
import type { SourceRecord } from '../../src/contract/index.ts';
import { meaningIn } from '../../src/gateway/lookup/contents.ts';
import type { FoundCustomer } from '../../src/gateway/lookup/fields.ts';
import type { FieldPlan, LookupPlan, MatchInput, MatchStep } from '../../src/gateway/lookup/plan.ts';
import type { GatewayPlan, SourcePlan } from '../../src/gateway/plan.ts';
import { SourceHandle } from '../../src/gateway/sources/source-handle.ts';
import { GatewayEvents } from '../../src/gateway/telemetry.ts';
import { USUAL_ASKING } from './adapter-suite/subject.ts';
import { recordedLog } from './log.ts';
import { type MemorySystem, memoryAdapter, memorySystem } from './memory-adapter.ts';

/** A source over a system in memory. */
export function memorySource(name: string, system: MemorySystem, more: Partial<SourcePlan> = {}): SourcePlan {
  return {
    name,
    adapter: memoryAdapter(system),
    title: name,
    timeoutMs: undefined,
    ...USUAL_ASKING,
    settings: {},
    directory: '/',
    written: name,
    ...more,
  };
}

/** The same as the gateway has it. */
export function memoryHandle(name: string, system = memorySystem(), more: Partial<SourcePlan> = {}): SourceHandle {
  return new SourceHandle(memorySource(name, system, more), recordedLog(), new GatewayEvents());
}

/** Match steps from words: `'email'`, `'first_name+last_name'`, `'last_name:prefix'`, `'building=Custom5'`. */
export function steps(...words: readonly string[]): readonly MatchStep[] {
  return words.map((word) => word.split('+').map(input));
}

function input(word: string): MatchInput {
  const match = /^(\w+)(?:=(\w+))?(?::(exact|prefix|contains))?$/.exec(word);
  if (match?.[1] === undefined) throw new Error(`not a match step: ${word}`);
  const kind = match[3] === 'prefix' || match[3] === 'contains' ? match[3] : 'exact';
  return { field: match[1], parameter: match[2] ?? match[1], match: kind };
}

/** A lookup over all sources. */
export function lookupPlan(more: Partial<LookupPlan> = {}): LookupPlan {
  return {
    name: 'default',
    sources: [],
    required: [],
    patienceMs: 1_000,
    match: steps('customer_id', 'email'),
    columns: [],
    limit: 50,
    unite: false,
    mergeBy: [],
    related: [],
    fields: undefined,
    otherFields: false,
    provenance: false,
    ...more,
  };
}

/** A customer of one record, to whom nothing belongs. */
export function alone(record: SourceRecord): FoundCustomer {
  return { record, related: new Map(), isWhole: true, meaningOf: meaningIn([]) };
}

/** A field that is shown under another name. */
export function renamed(element: string, from: string): FieldPlan {
  return {
    element,
    content: { kind: 'field', from: [from], html: false, date: 'iso', list: 'comma' },
    visibleTo: undefined,
  };
}

/** A whole plan with one lookup, `default`, over the given sources. */
export function gatewayPlan(
  sources: readonly SourcePlan[],
  lookup: Partial<LookupPlan> = {},
  more: Partial<GatewayPlan> = {},
): GatewayPlan {
  return {
    file: '/gateway.yaml',
    server: { host: '127.0.0.1', port: 0, deadlineMs: 5000, trustProxy: [] },
    access: { keys: [], networks: [], ratePerMinute: 0 },
    log: { level: 'info', customerValues: false },
    commandLine: { customFields: [] },
    sources: new Map(sources.map((source) => [source.name, source])),
    lookups: new Map([['default', lookupPlan({ sources: sources.map(({ name }) => name), ...lookup })]]),
    push: new Map(),
    webhooks: new Map(),
    store: { file: '/gateway.db', keepBodies: false, retentionMs: 90 * 86_400_000 },
    helpSpotUrl: undefined,
    ajax: new Map(),
    secrets: [],
    ...more,
  };
}
