/** Opens a system that is not configured yet, and what is known of it then. */
import { resolve } from 'node:path';
import { adapters } from '../../../adapters/index.ts';
import { suggestion } from '../../config/names.ts';
import {
  type Adapter,
  type CallContext,
  type Log,
  ownValue,
  type Services,
  type Source,
  textOf,
  UserError,
} from '../../contract/index.ts';
import type { GivenSystem } from './given.ts';
import type { Column } from './proposal.ts';

/** A system as it was found. */
export interface Looked {
  readonly given: GivenSystem;
  /** What stands under the source beside `adapter`, `columns` and the password. Paths are absolute. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly columns: readonly Column[];
  /** How many records were looked at. */
  readonly records: number;
  /** What was found out beside the columns, a sentence each, without any value of a customer. */
  readonly notes: readonly string[];
}

/** Asks a person to choose; undefined where nobody is there. */
export type Choose =
  | ((question: string, choices: readonly string[], likely: string | undefined) => Promise<string>)
  | undefined;

/** So many records tell what stands in a column, and every system gives them in a moment. */
const SAMPLE = 500;
/** An address, a number or a name is shorter; of a long text its beginning says enough. */
const LONGEST_VALUE = 1_000;
/** The columns of a source with some of their values. */
export async function sampledColumns(
  given: GivenSystem,
  settings: GivenSystem['settings'],
  signal: AbortSignal,
): Promise<Pick<Looked, 'columns' | 'records'>> {
  return await withSource(given, settings, signal, async (source, context) => {
    const fields = (await source.fields?.(context)) ?? [];
    const sample = (await source.find?.({ criteria: [], limit: SAMPLE, parameters: {} }, context)) ?? [];
    const columns = fields
      .filter(({ shown }) => shown !== false)
      .map(({ name }): Column => {
        const values = sample.map((record) => textOf(ownValue(record, name)).slice(0, LONGEST_VALUE));
        return { name, values: values.filter((value) => value.trim() !== ''), records: sample.length };
      });
    return { columns, records: sample.length };
  });
}

/** What a system that is only looked at has to log says nothing that its error does not say. */
const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** What adapters are given of us. */
export const services: Services = { name: 'customers', log: silent, resolve: (path) => resolve(path) };

/** The settings as the adapter reads them. @throws {UserError} */
export function parsedSettings<Settings>(
  schema: {
    safeParse(given: unknown): { readonly data?: Settings; readonly error?: { readonly issues: readonly Issue[] } };
  },
  { passwordKey, password }: GivenSystem,
  settings: GivenSystem['settings'],
): Settings {
  const secret = passwordKey === undefined || password === undefined ? {} : { [passwordKey]: password };
  const { data, error } = schema.safeParse({ ...settings, ...secret });
  if (data !== undefined) return data;
  const words = (error?.issues ?? []).map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
  throw new UserError(words.join('; '));
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Opens the system for one question. */
export async function withSource<T>(
  given: GivenSystem,
  settings: GivenSystem['settings'],
  signal: AbortSignal,
  use: (source: Source, context: CallContext) => Promise<T>,
): Promise<T> {
  const adapter = await adapterOf(given.adapter);
  const source = await adapter.open(parsedSettings(adapter.settings, given, settings), services);
  try {
    return await use(source, { signal, reference: 'set-up' });
  } finally {
    await source.close?.();
  }
}

async function adapterOf(name: GivenSystem['adapter']): Promise<Adapter> {
  const load = adapters[name];
  if (load === undefined) throw new UserError(suggestion(name, Object.keys(adapters), 'adapters'));
  return await load();
}
