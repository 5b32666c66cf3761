/** Departments, operators and whether the chat is online, as sources: searched here, since they are here whole. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  inOrder,
  type Kind,
  type Log,
  meets,
  type SourceField,
  type SourceRecord,
} from '../../src/contract/index.ts';
import { UnknownFields } from '../../src/kit/text/index.ts';
import { fieldsOfForms, isMetBy, type Sought } from '../../src/kit/web/index.ts';
import { type Catalog, SHAPES } from './catalog.ts';
import { SYSTEM } from './failures.ts';
import type { ListName, Settings } from './settings.ts';
import { type States, withState } from './states.ts';

const STATE_FIELDS = fieldsOfForms({ online: 'yes', state: 'text' });
const GENERAL_FIELDS: readonly SourceField[] = [{ name: 'name', kind: 'text' }, ...STATE_FIELDS];

/** The fields of a list. */
export function listFields(list: ListName, online: boolean): readonly SourceField[] {
  if (list === 'online') return GENERAL_FIELDS;
  return [...SHAPES[list].fields, ...(online ? STATE_FIELDS : [])];
}

/** What {@link ListFinder} works with. */
export interface ListParts {
  readonly catalog: Catalog;
  readonly states: States;
  readonly list: ListName;
  readonly settings: Settings;
  readonly log: Log;
}

/** Finds in one list. */
export class ListFinder {
  readonly #parts: ListParts;
  readonly #kinds: ReadonlyMap<string, Kind | undefined>;
  readonly #unknown: UnknownFields;

  constructor(parts: ListParts) {
    this.#parts = parts;
    this.#kinds = new Map(listFields(parts.list, parts.settings.online).map(({ name, kind }) => [name, kind]));
    this.#unknown = new UnknownFields(parts.log, (field) => this.#kinds.has(field));
  }

  /** In the order of Live Helper Chat, unless another is asked for. @throws {SourceError} */
  async find({ criteria, groups = [], order = [], limit }: FindQuery, context: CallContext) {
    context.signal.throwIfAborted();
    if (this.#unknown.areIn(criteria)) return [];
    const { catalog, states, list, settings } = this.#parts;
    const meetsOne = (record: SourceRecord, one: Criterion) => this.#meets(record, one);
    const isMet = (record: SourceRecord, sought: Sought = { criteria, groups }) => isMetBy(record, sought, meetsOne);
    if (list === 'online') {
      const general = withState({ name: SYSTEM }, await states.general(context));
      return isMet(general) ? [general] : [];
    }
    const records = await catalog.list(list, context);
    if (!settings.online)
      return inOrder(
        records.filter((one) => isMet(one)),
        order,
      ).slice(0, limit);
    // What is not about the state narrows first: each state takes a request.
    const others = criteria.filter((one) => !isOfState(one));
    const rest = groups.filter((group) => !group.some(isOfState));
    const some = records.filter((one) => isMet(one, { criteria: others, groups: rest }));
    const isNeeded = others.length < criteria.length || rest.length < groups.length || order.some(isOfState);
    const sorted = isNeeded ? some : inOrder(some, order).slice(0, limit);
    const known = await states.of(list, sorted, isNeeded, context);
    return inOrder(
      known.filter((one) => isMet(one)),
      order,
    ).slice(0, limit);
  }

  #meets(record: SourceRecord, criterion: Criterion): boolean {
    return meets(record, { ...criterion, kind: criterion.kind ?? this.#kinds.get(criterion.field) });
  }
}

function isOfState({ field }: { readonly field: string }): boolean {
  return STATE_FIELDS.some(({ name }) => name === field);
}
