/** What is wrong with the index of a source. */
import type { CallContext, Source } from '../../contract/index.ts';
import { failureText } from '../failure.ts';
import type { Finding } from '../outcome.ts';
import type { SourcePlan } from '../plan.ts';
import type { IndexPlan } from '../sources/customer-index.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { didYouMean } from './names.ts';
import type { KnownSource } from './sources.ts';

/** A source that has an index. */
type Indexed = SourcePlan & { readonly index: IndexPlan };

/**
 * @param used the sources that a lookup or an AJAX field asks
 * @param known what is known of the fields of those that answer
 */
export async function indexFindings(
  sources: ReadonlyMap<string, SourcePlan>,
  { used, known }: { readonly used: ReadonlySet<string>; readonly known: ReadonlyMap<string, KnownSource> },
  handle: (name: string) => SourceHandle,
  context: CallContext,
): Promise<readonly Finding[]> {
  const indexed = [...sources.values()].filter((source): source is Indexed => source.index !== undefined);
  const each = indexed.map(async (source): Promise<readonly Finding[]> => {
    const own = handle(source.name);
    const where = `sources.${source.name}.index`;
    const [abilities, state] = await Promise.all([abilitiesOf(own, context), stateFindings(own, where)]);
    return [
      ...(used.has(source.name) ? [] : [unusedFinding(source, where)]),
      ...(abilities === undefined ? [] : settingFindings(source, abilities, known.get(source.name), where)),
      ...state,
    ];
  });
  const [first] = indexed;
  const file = first === undefined ? [] : await fileFindings(handle(first.name));
  return [...file, ...(await Promise.all(each)).flat()];
}

/** What a source can do for an index. */
interface Abilities {
  readonly canList: boolean;
  readonly listsChanges: Source['listsChanges'] | undefined;
}

/** Undefined when it cannot be asked: what is wrong with it is said elsewhere. */
function abilitiesOf(handle: SourceHandle, context: CallContext): Promise<Abilities | undefined> {
  return handle
    .call(context, async ({ list, listsChanges }) => ({ canList: list !== undefined, listsChanges }))
    .catch(() => undefined);
}

function unusedFinding({ name }: Indexed, where: string): Finding {
  const sentence = `no lookup and no ajax field asks ${name}, so nobody is searched in it; take it out`;
  return { where, weight: 'warning', sentence };
}

function settingFindings(
  { name, adapter, index }: Indexed,
  { canList, listsChanges }: Abilities,
  known: KnownSource | undefined,
  where: string,
): readonly Finding[] {
  if (!canList) {
    const sentence = `${name} (adapter ${adapter.name}) cannot list what it holds, so it can have no index; take it out`;
    return [{ where, weight: 'error', sentence }];
  }
  const { updated, keepMs } = index;
  if (updated === undefined) {
    if (listsChanges !== 'with updated') return [];
    const sentence = `every run reads all of ${name}; name the field with the time of the last change in updated, and only what changed is read`;
    return [{ where, weight: 'warning', sentence }];
  }
  if (known?.has(updated) === false) {
    const sentence = `${name} has no field ${updated}${didYouMean(updated, known.names)}`;
    return [{ where: `${where}.updated`, weight: 'error', sentence }];
  }
  if (listsChanges === undefined && keepMs === undefined) {
    const sentence = `${name} cannot be asked for what changed, so this does nothing without keep; take it out`;
    return [{ where: `${where}.updated`, weight: 'warning', sentence }];
  }
  return [];
}

async function stateFindings(handle: SourceHandle, where: string): Promise<readonly Finding[]> {
  // A file that cannot be read is told of the file.
  const state = await handle.index?.state();
  const { name, problem, held = 0 } = { name: handle.plan.name, ...state };
  const failed = `the last run ended early, and is tried again: ${problem}`;
  const asks =
    `the last full run would have removed ${held} of ${state?.records} records, and asks before it does; ` +
    `if they are gone there, too: helpspot-gateway index accept ${name}`;
  return [
    ...(problem === undefined ? [] : [{ where, weight: 'warning', sentence: failed } as const]),
    ...(held === 0 ? [] : [{ where, weight: 'error', sentence: asks } as const]),
  ];
}

/** One file has the index of all of them. */
async function fileFindings(handle: SourceHandle): Promise<readonly Finding[]> {
  try {
    await handle.index?.prove();
    return [];
  } catch (error) {
    return [{ where: 'store.index', weight: 'error', sentence: failureText(error) }];
  }
}
