/** A gateway over a system in memory, with an index in its real file, written by its real thread. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { SourceError, type SourceRecord } from '../../src/contract/index.ts';
import type { AjaxPlan } from '../../src/gateway/ajax/plan.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import type { LookupPlan } from '../../src/gateway/lookup/plan.ts';
import type { SourcePlan } from '../../src/gateway/plan.ts';
import type { CustomerIndex, IndexPlan } from '../../src/gateway/sources/customer-index.ts';
import { indexShape } from '../../src/gateway/sources/index-shape.ts';
import { openCustomerIndex } from '../../src/store/index-file/index-file.ts';
import { recordedLog } from './log.ts';
import { type MemorySystem, memorySystem } from './memory-adapter.ts';
import { gatewayPlan, lookupPlan, memorySource, steps } from './plans.ts';
import { temporaryFolder } from './temp.ts';

export const PEOPLE: readonly SourceRecord[] = [
  { id: '1', name: 'Max Müller', email: 'max@example.com', phone: '+49 30 12345' },
  { id: '2', name: 'Anna Schmidt', email: 'anna@example.com', phone: '+49 30 99999' },
  { id: '3', name: 'Jörg Weiß', email: 'joerg@example.com', phone: '089 4567890' },
];
export const away = new SourceError('unreachable', 'the machine is off');

/** A system that lists its records, two in a batch. */
export function listing(records = PEOPLE): MemorySystem {
  return { ...memorySystem(records), batch: 2, lists: [] };
}

/** What a test does not care about is as in {@link indexedGateway}. */
export interface IndexedOptions {
  readonly index?: Partial<Omit<IndexPlan, 'shape'>>;
  readonly lookup?: Partial<LookupPlan>;
  readonly ajax?: readonly AjaxPlan[];
  readonly source?: Partial<SourcePlan>;
  /** Sources beside it, without an index. */
  readonly others?: readonly SourcePlan[];
  readonly deadlineMs?: number;
  readonly openIndex?: (file: string) => CustomerIndex;
}

/** The plan of {@link indexedGateway}. */
export function indexedPlan(system: MemorySystem, file: string, options: IndexedOptions = {}) {
  const lookup = { sources: ['crm'], match: steps('name', 'email', 'phone'), ...options.lookup };
  const ajax = new Map((options.ajax ?? []).map((field) => [field.name, field]));
  const plain = memorySource('crm', system, options.source);
  const shape = indexShape(plain, { lookups: new Map([['default', lookupPlan(lookup)]]), ajax }, []);
  const usual = { everyMs: 1_000, fullMs: 1_000, use: 'when-down', miss: 'nobody' } as const;
  const index: IndexPlan = { ...usual, updated: undefined, keepMs: undefined, shape, ...options.index };
  const server = { host: '127.0.0.1', port: 0, deadlineMs: options.deadlineMs ?? 5_000, trustProxy: [] };
  const store = { file: '/none', keepBodies: false, retentionMs: 1, index: file };
  return gatewayPlan([{ ...plain, index }, ...(options.others ?? [])], lookup, { ajax, server, store });
}

/** A gateway over one source, `crm`, with an index; several may share a file. */
export function indexedGateway(system: MemorySystem, file: string, options: IndexedOptions = {}) {
  const log = recordedLog();
  const { openIndex = openCustomerIndex } = options;
  const gateway = createGateway(indexedPlan(system, file, options), { log, openIndex });
  onTestFinished(() => gateway.close());
  gateway.readAhead();
  return { gateway, lines: log.lines };
}

export const newFile = async () => join(await temporaryFolder(), 'index.db');

/** Names of whom a lookup finds, and what staff read beside them. */
export async function look(from: Gateway, parameters: Record<string, string>) {
  const { answer: found, failure } = await from.lookup({ lookup: 'default', parameters });
  const names = found?.customers.map((one) => {
    const content = one.find(({ name }) => name === 'name')?.content;
    return content?.kind === 'text' ? content.text : '';
  });
  return { names, notices: found?.notices ?? [], failure: failure?.message };
}

export async function until(isTrue: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await wait(20);
  }
}

export async function stateOf(file: string) {
  const index = openCustomerIndex(file);
  const state = await index.state('crm');
  await index.close();
  return state;
}

export const filled = (file: string) =>
  until(async () => (await stateOf(file))?.freshAt !== undefined, 'the first run');
