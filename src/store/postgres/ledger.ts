/** The ledger of pushes on PostgreSQL, which several gateways on several machines share. */
import { randomBytes } from 'node:crypto';
import { StoreError } from '../../contract/index.ts';
import type { AttemptClaim, Ledger } from '../../gateway/push/ledger.ts';
import type { PostgresStorePlan } from '../../gateway/push/plan.ts';
import type { PushRow } from '../../gateway/push/push-row.ts';
import { LedgerChanges } from '../changes.ts';
import { CommonLedger, type LedgerChange } from '../common-ledger.ts';
import { Proof } from '../proof.ts';
import { ledgerReads } from '../reads.ts';
import type { LedgerStatement } from '../statements.ts';
import { type GatewaySelf, thisGateway } from '../this-gateway.ts';
import { OutcomeUnknown, Writer } from '../writer.ts';
import { DatabaseClock } from './clock.ts';
import { connected, ended, PostgresTransactions } from './connection.ts';
import { postgresQuestions, type QuestionPool } from './questions.ts';
import { prepareStore, type SchemaState } from './schema.ts';
import { type StoreServer, storeServer } from './server.ts';
import { changingStatements } from './statements.ts';
import { postgresTrouble } from './trouble.ts';
import { Wakes } from './wakes.ts';

/** How a ledger is opened. */
export interface PostgresLedgerOptions {
  /** A process that only looks and changes by hand sends nothing, and has no lease. */
  readonly sends?: boolean;
  /** What it says of itself to others. */
  readonly self?: GatewaySelf | undefined;
  /** In place of the server's clock, for tests: milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /** Called when the tables are not those of this version. */
  readonly onSchema?: (state: SchemaState) => void;
}

/** Within a lease it is renewed so often: one that comes late harms nobody. */
const RENEWALS = 4;
const PROVE_MS = 15_000;
/** No attempt takes so long, but one that is still to be written down. */
const LOST_MS = 60_000;

/**
 * Opens the ledger; makes its tables where there are none.
 * @throws {StoreError} when the server or the schema cannot be used
 */
export async function openPostgresLedger(
  plan: PostgresStorePlan,
  { sends = true, self = thisGateway(), now, onSchema }: PostgresLedgerOptions = {},
): Promise<Ledger> {
  const server = await storeServer(plan);
  const clock = new DatabaseClock(now);
  try {
    const client = await connected(server);
    const prepared = prepareStore(client, server).then(async (state) => {
      await clock.ask(client);
      return state;
    });
    const state = await prepared.finally(() => ended(client));
    if (state.migration !== undefined || state.newer !== undefined) onSchema?.(state);
  } catch (error) {
    throw postgresTrouble(server.where, error);
  }
  const ledger = new PostgresLedger({ server, questions: postgresQuestions(server), sends, self, clock });
  try {
    // Known to the others before it can own a push.
    if (sends) await ledger.begin();
    return ledger;
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

interface Parts {
  readonly server: StoreServer;
  readonly questions: QuestionPool;
  readonly sends: boolean;
  readonly self: GatewaySelf;
  readonly clock: DatabaseClock;
}

class PostgresLedger extends CommonLedger {
  readonly #parts: Parts;
  readonly #reads: ReturnType<typeof ledgerReads>;
  readonly #transactions: PostgresTransactions<LedgerStatement>;
  readonly #writer: Writer;
  readonly #proof: Proof;
  /** What this process is called in the ledger. */
  #owner = '';
  #changes: LedgerChanges;
  /** On the clock of `performance.now()`. */
  #signedAt = Number.NEGATIVE_INFINITY;
  /** When the store did last what this process wanted, and until when the others are spared: on the same clock. */
  #heardAt = performance.now();
  #sparedUntil = Number.NEGATIVE_INFINITY;
  #heartbeat: NodeJS.Timeout | undefined;
  #wakes: Wakes | undefined;
  #hasMended = false;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { server, questions, sends, clock } = parts;
    const sql = changingStatements(server.schema);
    const transactions = new PostgresTransactions(server, clock, sql);
    const proof = new Proof(server.where, () => this.#prove());
    const reads = ledgerReads(questions);
    super({ reads, clock, proof, silentMs: server.leaseMs, signOfLifeMs: sends ? PROVE_MS : undefined });
    this.#parts = parts;
    this.#reads = reads;
    this.#transactions = transactions;
    this.#writer = new Writer(transactions);
    this.#proof = proof;
    this.#changes = this.#renewed(undefined);
  }

  /** Takes its lease, and keeps it. */
  async begin(): Promise<void> {
    await this.write((changes) => changes.signOfLife());
    const renew = () => this.write((changes) => changes.signOfLife()).catch((error) => this.#proof.learned(error));
    this.#heartbeat = setInterval(() => void renew(), this.#renewMs).unref();
  }

  override onWork(listener: () => void): void {
    this.#wakes ??= new Wakes(this.#parts.server, (sender) => {
      if (sender !== this.#owner) listener();
    });
  }

  /**
   * The server is asked, and its clock counts: none of this machine runs on while a virtual machine is suspended.
   */
  override isMine({ id, attempts }: AttemptClaim): Promise<boolean> {
    const { questions, server } = this.#parts;
    return questions.isInLease(id, attempts, server.leaseMs);
  }

  /**
   * A gateway that was silent for longer than its lease is taken over as one that has ended. Where this one, too, could not
   * write, the store was away: then those that live get a lease's time to say so, and to write down what they have sent.
   */
  async recover(...[settleMs, isUnderWay]: Parameters<Ledger['recover']>): Promise<readonly PushRow[]> {
    await this.signOfLife();
    this.#spare();
    const since = this.now() - this.#parts.server.leaseMs;
    const others = await this.#reads.others(this.#owner);
    this.live(others.filter(({ seenAt }) => seenAt >= since).length);
    const isSpared = performance.now() < this.#sparedUntil;
    // One that said that it leaves has nothing to say any more.
    const silent = others.filter(({ seenAt }) => seenAt < since && (seenAt === 0 || !isSpared)).map(({ id }) => id);
    const mine = isUnderWay === undefined ? [] : await this.#reads.sending(this.#owner, this.now() - LOST_MS);
    const lost = mine.filter((id) => isUnderWay?.(id) === false);
    if (silent.length + lost.length === 0) return [];
    return this.write(async (changes) => [
      ...(await changes.takeOver(silent, settleMs, since)),
      ...(await changes.freeLost(lost, settleMs)),
    ]);
  }

  /** Whoever only looks has not heard the server's time yet. */
  override async gateways() {
    if (!this.#parts.sends) await this.write(async () => undefined);
    return super.gateways();
  }

  /** There is one database of that name: it cannot be taken away from under an open one. */
  async verify(): Promise<void> {}

  async mendTimes(): Promise<number> {
    if (this.#hasMended || !this.#parts.sends) return 0;
    const count = await this.write((changes) => changes.mend(0));
    this.#hasMended = true;
    return count;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  protected async write<T>(change: LedgerChange<T>, signal?: AbortSignal): Promise<T> {
    const { where } = this.#parts.server;
    if (this.#closed !== undefined) throw new StoreError('busy', `the store ${where} is being closed`);
    try {
      const written = await this.#writer.write(() => this.#signed(change), signal);
      this.#spare();
      this.#heardAt = performance.now();
      return written;
    } catch (error) {
      // What may be there, and nobody here works on, is for whoever finds it when the lease of that name is over.
      if (error instanceof OutcomeUnknown) this.#changes = this.#renewed(this.#changes.since);
      throw postgresTrouble(where, error);
    }
  }

  /** Two renewals are late: others may be silent for the same reason. */
  #spare(): void {
    const now = performance.now();
    const { leaseMs } = this.#parts.server;
    if (now - this.#heardAt > leaseMs / 2) this.#sparedUntil = now + leaseMs;
  }

  /** What is removed is removed by the server, in its own time. */
  protected removed(): void {}

  protected believed(before: number): number {
    return before;
  }

  /** A process that was stopped for longer than its lease says that it is there in the same transaction in which it begins something. */
  async #signed<T>(change: LedgerChange<T>): Promise<T> {
    const now = performance.now();
    if (now - this.#signedAt >= this.#renewMs) {
      await this.#changes.signOfLife();
      this.#signedAt = now;
    }
    return change(this.#changes);
  }

  get #renewMs(): number {
    return this.#parts.server.leaseMs / RENEWALS;
  }

  #renewed(since: number | undefined): LedgerChanges {
    this.#owner = this.#parts.sends ? randomBytes(8).toString('hex') : '';
    this.#signedAt = Number.NEGATIVE_INFINITY;
    this.#transactions.sender = this.#owner;
    const { session, clock } = this.#transactions;
    return new LedgerChanges(session, this.#owner, clock, this.#parts.self, since);
  }

  async #prove(): Promise<void> {
    await this.write(async (changes) => {
      await changes.proveRoom();
      await changes.signOfLife();
    });
  }

  async #close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#wakes?.close();
    // What this process was sending and could not finish is for the others, at once.
    const leave = async () => (await this.#changes.signOff()) || this.#changes.leave();
    await this.#writer.write(leave).catch(() => undefined);
    await this.#writer.idle();
    await this.#transactions.close();
    await this.#parts.questions.close();
  }
}
