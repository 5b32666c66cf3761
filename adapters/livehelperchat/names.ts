/** The names of departments and operators: as chats bring them, and else from the lists. */
import { type CallContext, ownValue, SourceError, type SourceRecord, textOf } from '../../src/contract/index.ts';
import { asFailure, type Data, textAt, valueAt } from '../../src/kit/web/index.ts';
import { idAt } from './answer.ts';
import { type Catalog, type KeptList, SHAPES } from './catalog.ts';
import type { Naming } from './chat.ts';
import { Refusal, SYSTEM } from './failures.ts';

/** What is named: its list, the number and the name in it; the number and the name in a chat. */
const HOMES = {
  department: { list: 'departments', id: 'department_id', own: 'dep_id', given: 'department_name' },
  agent: { list: 'operators', id: 'user_id', own: 'user_id', given: 'plain_user_name' },
} as const;

/** A field of chats that has a name for a number. */
export type NamedField = keyof typeof HOMES;

const NAMED_FIELDS: readonly NamedField[] = ['department', 'agent'];

/** Some thousand, in the largest house; people who have left stay in their chats. */
const MOST_REMEMBERED = 5_000;

/** Whether it is a field of {@link NamedField}. */
export function isNamedField(field: string): field is NamedField {
  return Object.hasOwn(HOMES, field);
}

/** The names of one source. */
export class Names {
  readonly #catalog: Catalog;
  /** What chats brought, by field and number. */
  readonly #learned = new Map<string, string>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** What names these chats. A list that is needed and cannot be read leaves its names out, and staff are told. */
  async of(chats: readonly Data[], context: CallContext): Promise<Naming> {
    for (const chat of chats) this.#learn(chat);
    const [departments, agents] = await Promise.all(
      NAMED_FIELDS.map(async (field) => {
        const isNeeded = chats.some((chat) => this.#lacks(chat, field));
        return isNeeded ? await this.#softly(field, context) : new Map<string, string>();
      }),
    );
    return {
      department: (id) => this.#learned.get(keyOf('department', id)) ?? departments?.get(id),
      agent: (id) => this.#learned.get(keyOf('agent', id)) ?? agents?.get(id),
    };
  }

  /** The name of an operator, as far as it is known without asking. */
  known(field: NamedField, id: string): string | undefined {
    return this.#learned.get(keyOf(field, id));
  }

  /**
   * The numbers of what has a name that `isMeant`.
   * @throws {SourceError} when the list cannot be read: then nobody knows
   */
  async numbersOf(
    field: NamedField,
    isMeant: (name: string) => boolean,
    context: CallContext,
  ): Promise<readonly string[]> {
    const names = namesIn(field, await this.#searched(field, context));
    const learned = [...this.#learned]
      .filter(([key]) => key.startsWith(`${field} `))
      .map(([key, name]) => [key.slice(field.length + 1), name] as const);
    return [...new Map([...names, ...learned])].filter(([, name]) => isMeant(name)).map(([id]) => id);
  }

  /** Without the right to the list, chats are found by anything else all the same: no reason for the source to rest. */
  async #searched(field: NamedField, context: CallContext): Promise<readonly SourceRecord[]> {
    try {
      return await this.#catalog.list(HOMES[field].list, context);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message, said, remedy } = error;
      const staffWords = `cannot be searched by ${field}; tell your administrator`;
      throw new SourceError('rejected', message, { lasting: true, said, remedy, staffWords });
    }
  }

  #learn(chat: Data): void {
    for (const field of NAMED_FIELDS) {
      const [id, name] = [idAt(chat, HOMES[field].own), textAt(chat, HOMES[field].given)];
      if (id === undefined || name === undefined) continue;
      if (this.#learned.size >= MOST_REMEMBERED) this.#learned.clear();
      this.#learned.set(keyOf(field, id), name);
    }
  }

  /** A name that came empty has nobody any more. */
  #lacks(chat: Data, field: NamedField): boolean {
    const id = idAt(chat, HOMES[field].own);
    return id !== undefined && valueAt(chat, HOMES[field].given) === undefined && this.known(field, id) === undefined;
  }

  async #softly(field: NamedField, context: CallContext): Promise<ReadonlyMap<string, string>> {
    const { list } = HOMES[field];
    try {
      return namesIn(field, await this.#catalog.list(list, context));
    } catch (error) {
      if (asFailure(error, SYSTEM) === undefined || context.signal.aborted) throw error;
      context.notice?.(`the names of its ${list} are missing: ${SYSTEM} does not give them (${rightOf(list)})`);
      return new Map();
    }
  }
}

function rightOf(list: KeptList): string {
  return `the right ${SHAPES[list].right} may be missing`;
}

function keyOf(field: NamedField, id: string): string {
  return `${field} ${id}`;
}

function namesIn(field: NamedField, records: readonly SourceRecord[]): ReadonlyMap<string, string> {
  const { id } = HOMES[field];
  const entries = records.map((record) => [textOf(ownValue(record, id)), textOf(ownValue(record, field))] as const);
  return new Map(entries.filter(([, name]) => name !== ''));
}
