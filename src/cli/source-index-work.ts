/** What the words of `helpspot-gateway index` work on. */
import type { GatewayPlan, SourcePlan } from '../gateway/plan.ts';
import type { IndexReader } from '../store/index-file/reading.ts';
import type { SourceRow } from '../store/index-file/rows.ts';
import type { AskingCommand } from './agree.ts';

/** One call of the command. */
export interface IndexWork extends AskingCommand {
  readonly plan: GatewayPlan;
  /** Absolute path of the index. */
  readonly file: string;
  readonly reader: IndexReader;
  /** Why the file cannot be used, and what to do; undefined where it can. */
  readonly fault: string | undefined;
  /** Every source that has an index by the configuration, or of which the file has one. */
  readonly sources: ReadonlyMap<string, IndexedOne>;
}

/** A source, as the configuration says (undefined: it has no index there any more), and as the file has it. */
export interface IndexedOne {
  readonly name: string;
  readonly plan: SourcePlan | undefined;
  readonly row: SourceRow | undefined;
}
