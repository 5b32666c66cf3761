/** How things stand when `/metrics` is asked for. */
import type { Registry } from 'prom-client';
import type { Gateway } from '../../gateway/gateway.ts';
import type { TargetFigures } from '../../gateway/push/push-row.ts';
import { freshnessOf, type IndexState } from '../../gateway/sources/customer-index.ts';

/** By name. What has no value is a gap in the picture. */
type Values = Iterable<readonly [name: string, value: number | undefined]>;

/** Registers them: each is found out when it is asked for. */
export function gauges({ Gauge }: typeof import('prom-client'), registry: Registry, gateway: Gateway): void {
  const registers = [registry];
  const gauge = (what: string, label: string, help: string, read: () => Values | Promise<Values>) => {
    const name = `helpspot_gateway_${what}`;
    const collect = async () => {
      const values = await read();
      one.reset();
      for (const [of, value] of values) if (value !== undefined) one.set({ [label]: of }, value);
    };
    const one = new Gauge({ name, help, labelNames: [label], registers, collect });
  };
  const flag = (what: string, help: string, isUp: () => boolean | undefined | Promise<boolean>) => {
    const collect = async () => {
      const up = await isUp();
      if (up === undefined) one.reset();
      else one.set(up ? 1 : 0);
    };
    const one = new Gauge({ name: `helpspot_gateway_${what}`, help, registers, collect });
  };

  const { pushes } = gateway;
  const figures = atOnce(() => pushes.figures());
  const ofPushes = (figure: (figures: TargetFigures) => number) => async () => {
    const known = await figures();
    if (known === undefined) return [];
    // A target of which nothing waits is a nought.
    const none = Array.from(gateway.plan.push.keys(), (target) => ({ ...NOTHING, target }));
    return new Map([...none, ...known].map((one) => [one.target, figure(one)]));
  };
  gauge(
    'pushes_waiting',
    'target',
    'Pushes that are not out yet.',
    ofPushes(({ waiting, sending }) => waiting + sending),
  );
  flag('store_up', 'Whether pushes can be stored: 1, or 0.', async () => {
    return (await figures()) !== undefined && pushes.isStoreUp();
  });
  flag(
    'audit_up',
    'Whether entries of the audit can be written: 1, or 0. Nothing where there is no audit.',
    () => gateway.audit.isUp,
  );
  gauge(
    'source_records_left_out',
    'source',
    'Records that a source left out because they cannot be read: lines of a CSV file.',
    () => Array.from(gateway.states(), ([source, { leftOut }]) => [source, leftOut]),
  );
  gauge('source_breaker_open', 'source', 'Whether a source rests after failures, and is not asked: 1, or 0.', () =>
    Array.from(gateway.rests(), ([source, rest]) => [source, rest === undefined ? 0 : 1]),
  );
  gauge(
    'source_data_age_seconds',
    'source',
    'How long ago the data of a source were written that holds them itself: a CSV file.',
    () => Array.from(gateway.states(), ([source, { dataAt }]) => [source, secondsSince(dataAt?.getTime())]),
  );
  gauge(
    'pushes_oldest_waiting_seconds',
    'target',
    'Age of the oldest push that is not out yet.',
    ofPushes(({ oldestAt }) => secondsSince(oldestAt) ?? 0),
  );
  gauge(
    'pushes_failed',
    'target',
    'Pushes that were given up and are kept.',
    ofPushes(({ failed }) => failed),
  );
  gauge(
    'pushes_unclear',
    'target',
    'Pushes of which a person must find out whether they arrived.',
    ofPushes(({ unclear }) => unclear),
  );

  const ofIndexes = (figure: (state: IndexState) => number | undefined) => async () =>
    Array.from(await gateway.indexes(), ([source, state]) => [source, figure(state)] as const);
  gauge(
    'index_records',
    'source',
    'Records of a source in the index.',
    ofIndexes(({ records }) => records),
  );
  gauge(
    'index_age_seconds',
    'source',
    'How long ago the last run began that has brought the index up to date.',
    ofIndexes((state) => secondsSince(freshnessOf(state)?.at)),
  );
  gauge(
    'index_held',
    'source',
    'Records that the last full run would have removed, and asks before it does.',
    ofIndexes(({ held }) => held),
  );
  gauge('event_records_open', 'events', 'Records of events that are not pushed yet.', async () => {
    const counts = await pushes.openRecords();
    if (counts === undefined) return [];
    const none = Array.from(gateway.plan.events?.keys() ?? [], (name) => [name, 0] as const);
    return new Map([...none, ...counts]);
  });
}

const NOTHING = { waiting: 0, sending: 0, failed: 0, unclear: 0, oldestAt: undefined } as const;

function secondsSince(at: number | undefined): number | undefined {
  return at === undefined ? undefined : Math.max(0, (Date.now() - at) / 1000);
}

/** All that are asked for at once ask the ledger once. */
function atOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | undefined;
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}
