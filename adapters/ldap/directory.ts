/** An open directory: finds people in it. */
import {
  type CallContext,
  type FindQuery,
  type ListBatch,
  type ListQuery,
  type Services,
  type Source,
  SourceError,
  type SourceField,
  type SourceRecord,
} from '../../src/contract/index.ts';
import { readAuthority } from '../../src/kit/tls/index.ts';
import { KeptConnections, Semaphore } from '../../src/kit/wait/index.ts';
import { Connector } from './connect.ts';
import { type Aliases, type Connection, ConnectionLost } from './connection.ts';
import { type Plan, planOf, type Question } from './criteria.ts';
import type { Entry } from './entry.ts';
import { connectionFailure, searchFailure } from './failures.ts';
import { and, type FilterNode, present } from './filter.ts';
import { encodable } from './filter-encoding.ts';
import { parseFilter } from './filter-text.ts';
import { listEntries } from './listing.ts';
import { Names } from './names.ts';
import { type Field, presets } from './presets.ts';
import { RecordMaker } from './record-maker.ts';
import { attributesOf } from './records.ts';
import { type Findings, type Grounds, search } from './search.ts';
import { fieldsOf, listOf, type Settings } from './settings.ts';
import { sourceFieldsOf } from './source-fields.ts';

const EVERYTHING = present('objectClass');
/** Active Directory closes what was quiet for 900 s. */
const IDLE_LIMIT_MS = 600_000;
/** A search for more spellings is worth no more: it comes when nobody was found, and others wait for it. */
const WIDER_SECONDS = 2;
const WIDER_ENTRIES = 1_000;
const ALIASES: Readonly<Record<Settings['aliases'], Aliases>> = {
  never: 'never',
  below: 'search',
  base: 'find',
  always: 'always',
};

/** Opens a directory. Nothing is connected yet. @throws {UserError} for a CA file that cannot be used */
export async function openDirectory(settings: Settings, services: Services): Promise<Source> {
  warnOfRisks(settings, services);
  return new Directory(settings, services, await connectorTo(settings, services));
}

/** The way to the servers of a directory. Nothing is connected yet. @throws {UserError} for a CA file that cannot be used */
export async function connectorTo(settings: Settings, services: Services): Promise<Connector> {
  const { tls, bindDn, bindPassword } = settings;
  const ca = tls.ca === undefined ? undefined : await readAuthority(services.resolve(tls.ca));
  const hasCredentials = bindDn !== undefined && bindPassword !== undefined;
  const reach = {
    urls: listOf(settings.url),
    startTls: settings.startTls,
    credentials: hasCredentials ? { name: bindDn, password: bindPassword } : undefined,
    tls: { ...tls, ca },
    connectTimeoutMs: settings.connectTimeout,
  };
  return new Connector(reach, services.log);
}

class Directory implements Source {
  readonly findsGroups = true;
  readonly listsChanges = true;
  readonly parameters = [];
  readonly #services: Services;
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #resolve: readonly string[];
  readonly #maker: RecordMaker;
  readonly #connector: Connector;
  readonly #filter: FilterNode;
  readonly #grounds: Grounds;
  readonly #pool: KeptConnections<Connection>;
  readonly #names: Names;
  readonly #said = new Set<string>();

  constructor(settings: Settings, services: Services, connector: Connector) {
    const { preset, scope, pageSize, searchTimeout } = settings;
    this.#services = services;
    this.#fields = fieldsOf(settings);
    this.#resolve = settings.resolve;
    this.#connector = connector;
    const filter = settings.filter ?? (preset === undefined ? undefined : presets[preset].filter);
    this.#filter = filter === undefined ? EVERYTHING : parseFilter(filter);
    this.#grounds = {
      bases: listOf(settings.baseDn),
      scope,
      pageSize,
      timeLimit: Math.ceil(searchTimeout / 1000),
      isAnonymous: settings.bindDn === undefined,
      aliases: ALIASES[settings.aliases],
    };
    this.#names = new Names(this.#grounds.bases, this.#grounds.timeLimit);
    this.#maker = new RecordMaker(this.#fields, this.#resolve, (...asked) => this.#names.find(...asked));
    this.#pool = new KeptConnections<Connection>({
      semaphore: new Semaphore(settings.connections),
      open: (signal) => connector.open(signal),
      probe,
      isLost: (error) => error instanceof ConnectionLost,
      idleLimitMs: IDLE_LIMIT_MS,
    });
  }

  async check({ signal }: CallContext): Promise<void> {
    await this.#reported(signal, () =>
      this.#pool.useFresh(signal, async (connection) => {
        for (const base of this.#grounds.bases) await this.#checkBase(connection, base, signal);
      }),
    );
  }

  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    const { signal } = context;
    signal.throwIfAborted();
    const plan = this.#planOf(query);
    if (plan === undefined) return [];
    const now = new Date();
    return await this.#reported(signal, () =>
      this.#pool.use(signal, async (connection) => {
        const { entries, incomplete } = await this.#ask(connection, plan, query.limit, now, signal);
        if (incomplete !== undefined) {
          context.notice?.(incomplete, true);
          this.#services.log.warn({ reference: context.reference, found: entries.length }, incomplete);
        }
        return await this.#maker.records(connection, entries, now, signal);
      }),
    );
  }

  /** On a connection of its own: the pages of a run belong to one, and staff must not have to wait for it. */
  async *list(query: ListQuery, { signal }: CallContext): AsyncGenerator<ListBatch> {
    signal.throwIfAborted();
    const { fields: wanted } = query;
    const fields = new Map([...this.#fields].filter(([name]) => wanted === undefined || wanted.includes(name)));
    const connection = await this.#connector.open(signal);
    // It also ends when nobody asks for the rest of the run.
    const end = () => connection.close();
    signal.addEventListener('abort', end, { once: true });
    try {
      const maker = new RecordMaker(fields, this.#resolve, (...asked) => this.#names.findAll(...asked));
      yield* listEntries({ connection, maker, grounds: this.#grounds, filter: this.#filter }, query, signal);
    } catch (error) {
      throw this.#failure(error, signal);
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }

  /** What the settings say; whether the server has the attributes, only its answers tell. */
  fields(): Promise<readonly SourceField[]> {
    return Promise.resolve(sourceFieldsOf(this.#fields));
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** The plain question, and where it finds nobody, the wider one. */
  async #ask(connection: Connection, plan: Plan, limit: number, now: Date, signal: AbortSignal): Promise<Findings> {
    const found = await search(connection, this.#grounds, this.#requestOf(plan, limit, now), signal);
    if (found.entries.length > 0 || plan.wider === undefined) return found;
    const grounds = { ...this.#grounds, timeLimit: Math.min(WIDER_SECONDS, this.#grounds.timeLimit) };
    const request = { ...this.#requestOf(plan.wider, limit, now), lookedThrough: WIDER_ENTRIES };
    try {
      return await search(connection, grounds, request, signal);
    } catch (error) {
      // The plain question was answered.
      if (!(error instanceof SourceError)) throw error;
      this.#services.log.warn({ problem: error.message }, 'the directory was not searched for other spellings');
      return found;
    }
  }

  #requestOf({ filters, checks }: Question, limit: number, now: Date) {
    const checked = checks.flatMap(({ attributes }) => attributes);
    return {
      filter: encodable(and([this.#filter, ...filters])),
      attributes: attributesOf(this.#fields, checked),
      limit,
      passes: checks.length === 0 ? undefined : (entry: Entry) => checks.every((check) => check.passes(entry, now)),
    };
  }

  #planOf({ criteria, groups = [] }: FindQuery): Plan | undefined {
    const all = [...criteria.map((criterion) => [criterion]), ...groups];
    for (const { field } of all.flat()) {
      // In a lookup of several sources, a match step may be meant for another one.
      if (!this.#fields.has(field))
        this.#sayOnce('debug', field, 'the directory has no such field; a search for it finds nobody');
    }
    const plan = planOf(all, this.#fields);
    // Without criteria, everybody whom the directory's own filter lets through is meant.
    if (plan === undefined || plan.filters.length > 0 || all.length === 0) return plan;
    const field = all.flatMap((group) => group.map((criterion) => criterion.field)).join(', ');
    this.#sayOnce(
      'warn',
      field,
      'a directory cannot be searched for this alone; add a field that it can be searched for',
    );
    return undefined;
  }

  async #checkBase(connection: Connection, base: string, signal: AbortSignal): Promise<void> {
    const { timeLimit, isAnonymous, aliases } = this.#grounds;
    const words = { base, scope: 'base', filter: encodable(EVERYTHING), attributes: ['1.1'], sizeLimit: 0 } as const;
    const answer = await connection.search({ ...words, timeLimit, aliases }, signal);
    if (answer.code !== 0) throw searchFailure(base, answer, isAnonymous);
    // A server that hides the base from us does not always say so.
    if (answer.entries.length === 0) throw searchFailure(base, { ...answer, code: 32 }, isAnonymous);
  }

  /** A connection that broke twice is a server that is away. */
  async #reported<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#failure(error, signal);
    }
  }

  #failure(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    return error instanceof ConnectionLost ? connectionFailure(error) : error;
  }

  #sayOnce(level: 'debug' | 'warn', field: string, message: string): void {
    if (this.#said.has(field)) return;
    this.#said.add(field);
    this.#services.log[level]({ field, fields: [...this.#fields.keys()] }, message);
  }
}

/** The smallest question that a server answers. */
async function probe(connection: Connection, signal: AbortSignal): Promise<void> {
  const words = { base: '', scope: 'base' as const, filter: encodable(EVERYTHING), attributes: ['1.1'] };
  await connection.search({ ...words, sizeLimit: 1, timeLimit: 1 }, signal);
}

function warnOfRisks({ tls, startTls, bindDn, url }: Settings, { log }: Services): void {
  if (!tls.verify) {
    log.warn({}, 'tls.verify is false: any certificate is taken, and whoever is on the network can read the password');
  }
  const open = listOf(url).filter(
    (one) => /^ldap:/i.test(one) && !startTls && !/^ldap:\/\/(?:localhost|127\.|\[::1\])/i.test(one),
  );
  if (bindDn !== undefined && open.length > 0) {
    log.warn({ url: open }, 'the password goes over the network in the clear; write ldaps:// or startTls: true');
  }
}
