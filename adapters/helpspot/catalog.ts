/** The lists of a HelpSpot, kept for a while: they change seldom, and name what every request has. */
import { type CallContext, type Log, type SourceRecord, textOf } from '../../src/contract/index.ts';
import { KeptLists } from '../../src/kit/web/index.ts';
import type { HelpSpotApi } from './api.ts';
import { type KeptList, SHAPES } from './shapes.ts';

/** A help desk has some hundred categories and some thousand contacts. */
const MOST_ITEMS = 20_000;

/** The lists for one source. */
export type Catalog = KeptLists<KeptList>;

/** @param keepMs so long a list is as good as a new one */
export function openCatalog(api: HelpSpotApi, keepMs: number, log: Log): Catalog {
  return new KeptLists<KeptList>({
    ...{ account: api.account, system: 'HelpSpot', keepMs, most: MOST_ITEMS, log },
    pluralOf: (name) => SHAPES[name].plural,
    read: (name, context) => read(api, name, context),
  });
}

async function read(api: HelpSpotApi, name: KeptList, context: CallContext): Promise<readonly SourceRecord[]> {
  const { call, inactive, item, id, toRecord } = SHAPES[name];
  const [active, all] = await Promise.all(
    [call, inactive].map(async (one) => (one === undefined ? [] : await api.askList(one, item, context))),
  );
  // Where those not in use have a call of their own, the others say nothing of it.
  const usual: SourceRecord = inactive === undefined ? {} : { fDeleted: false };
  const known = (active ?? []).map((one): SourceRecord => ({ ...usual, ...toRecord(one) }));
  const ids = new Set(known.map((record) => textOf(record[id])));
  const others = (all ?? []).map(toRecord).filter((record) => !ids.has(textOf(record[id])));
  return [...known, ...others.map((record) => ({ ...record, fDeleted: true }))];
}
