/** Asks a gateway over systems in memory what `check` says of its configuration. */
import type { SourceField, SourceRecord } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import type { GatewayPlan, SourcePlan } from '../../../src/gateway/plan.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, steps } from '../../support/plans.ts';

/** Of a system of customers. */
export const FIELDS: readonly SourceField[] = [
  { name: 'customer_id' },
  { name: 'last_name', searchable: ['exact', 'prefix'] },
  { name: 'email' },
  { name: 'company', searchable: [] },
];

interface Given {
  /** Of the source `crm`. */
  readonly fields?: readonly SourceField[];
  readonly records?: readonly SourceRecord[];
  readonly source?: Partial<SourcePlan>;
  readonly system?: Partial<MemorySystem>;
  /** Other sources, with their fields. */
  readonly others?: Readonly<Record<string, readonly SourceField[]>>;
  /** What those of them have that are not empty. */
  readonly otherRecords?: Readonly<Record<string, readonly SourceRecord[]>>;
  /** What staff call those. */
  readonly titles?: Readonly<Record<string, string>>;
  readonly lookup?: Partial<LookupPlan>;
  readonly more?: Partial<GatewayPlan>;
}

/** What `check` says: `warning: lookups.default.match[0]: finds nobody: …`. The lookup searches by `email` unless it says otherwise. */
export async function findings(given: Given): Promise<readonly string[]> {
  const { fields, records = [], lookup, source, more, system, others = {}, otherRecords = {}, titles = {} } = given;
  const one = { ...memorySystem(records), ...(fields && { fields }), ...system };
  const sources = [
    memorySource('crm', one, source),
    ...Object.entries(others).map(([name, own]) =>
      memorySource(name, { ...memorySystem(otherRecords[name]), fields: own }, { title: titles[name] ?? name }),
    ),
  ];
  const gateway = createGateway(gatewayPlan(sources, { match: steps('email'), ...lookup }, more), {
    log: recordedLog(),
  });
  try {
    return (await gateway.inspect()).map(({ weight, where, sentence }) => `${weight}: ${where}: ${sentence}`);
  } finally {
    await gateway.close();
  }
}
