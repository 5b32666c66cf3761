/** One client's session: prelogin, login, and its requests one after the other. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTokens } from './answers.ts';
import { Channel } from './channel.ts';
import { asSqlServerError } from './database.ts';
import { Entrance } from './entrance.ts';
import { statementsOf, tokensOf } from './lexer.ts';
import { readLogin } from './login.ts';
import { type Message, PacketType } from './packets.ts';
import { executeStatement } from './procedures.ts';
import { type Call, readBatch, readCall, type Typed } from './rpc.ts';
import type { ServerState } from './state.ts';
import type { Surroundings } from './surroundings.ts';
import { Done, type DoneKind, done, environmentBytes, errorToken, returnStatus, SqlServerError } from './tokens.ts';

/** A connection's life. */
export class Session {
  readonly #state: ServerState;
  readonly #channel: Channel;
  readonly #entrance: Entrance;
  readonly #spid: number;
  #around: Surroundings | undefined;
  #transaction = Buffer.alloc(0);
  #running: AbortController | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(state: ServerState, socket: Socket, spid: number) {
    this.#state = state;
    this.#spid = spid;
    this.#channel = new Channel(socket, { message: (message) => this.#receive(message), closed: () => this.#closed() });
    this.#channel.spid = spid;
    this.#channel.chunk = state.options.chunk ?? 0;
    this.#entrance = new Entrance(state, this.#channel, spid, (data) => this.#answer(data));
  }

  /** Breaks the connection, as a server that dies does. */
  destroy(): void {
    this.#channel.destroy();
  }

  #closed(): void {
    this.#running?.abort();
    const { connection } = this.#around ?? {};
    this.#around = undefined;
    this.#state.sessions.delete(this);
    // A statement that runs ends first.
    void this.#queue.then(() => {
      // SQLite keeps the locks of a connection whose statements are not garbage yet.
      if (connection?.inTransaction === true) connection.exec('ROLLBACK');
      connection?.close();
    });
  }

  #receive(message: Message): void {
    if (this.#state.forgotten.has(this)) {
      this.#channel.destroy();
      return;
    }
    if (this.#state.faults.silent && this.#around !== undefined) {
      this.#state.ignored += 1;
      return;
    }
    if (message.type === PacketType.attention) {
      this.#state.attentions += 1;
      this.#running?.abort();
      this.#later(async () => this.#answer(done('done', Done.attention)));
      return;
    }
    if (message.ignored) {
      this.#later(async () => this.#answer(done('done', Done.final)));
      return;
    }
    this.#later(async () => await this.#handle(message));
  }

  #later(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      this.#state.problems.push(error);
      this.#channel.destroy();
    });
  }

  #answer(data: Buffer): void {
    const cut = this.#state.faults.takeCut();
    this.#channel.send(PacketType.response, data, cut);
  }

  async #handle(message: Message): Promise<void> {
    if (message.type === PacketType.prelogin) return this.#entrance.prelogin(message.data);
    if (message.type === PacketType.login) return this.#enter(this.#entrance.login(readLogin(message.data)));
    if (message.type === PacketType.sspi) return this.#enter(this.#entrance.answered(message.data));
    if (this.#around === undefined) return this.#channel.destroy();
    if (message.reset) this.#reset(this.#around);
    if (message.type === PacketType.batch) return await this.#batch(readBatch(message.data), this.#around);
    if (message.type === PacketType.rpc) return await this.#call(readCall(message.data), this.#around);
    if (message.type === PacketType.transaction) return this.#transact(message.data, this.#around);
    this.#channel.destroy();
  }

  #enter(around: Surroundings | undefined): void {
    this.#around = around;
  }

  #reset(around: Surroundings): void {
    this.#state.resets += 1;
    if (around.connection.inTransaction) around.connection.exec('ROLLBACK');
    around.variables.clear();
  }

  async #batch(sql: string, around: Surroundings): Promise<void> {
    around.variables.clear();
    await this.#run(sql, [], 'done', async (out, signal) => {
      await this.#statements(sql, around, 'done', out, signal);
    });
  }

  async #call(call: Call, around: Surroundings): Promise<void> {
    const name = call.procedure
      .replaceAll(/[[\]]/g, '')
      .replace(/^(?:\w+\.)?dbo\./i, '')
      .toLowerCase();
    const [first, , ...rest] = call.parameters;
    const isText = name === 'sp_executesql';
    const sql = isText ? String(first?.value ?? '') : `EXEC ${call.procedure}`;
    const values = isText ? rest : call.parameters;
    await this.#run(sql, values, 'procedure', async (out, signal) => {
      if (!isText) {
        await this.#procedure(name, values, out, signal);
        return;
      }
      around.variables.clear();
      for (const one of values) around.variables.set(one.name.toLowerCase(), one);
      await this.#statements(sql, around, 'inProcedure', out, signal);
    });
  }

  async #procedure(name: string, values: Call['parameters'], out: Buffer[], signal: AbortSignal): Promise<void> {
    const handler = this.#state.procedure(name);
    if (name === 'sp_reset_connection') return;
    if (handler === undefined) throw new SqlServerError(2812, `Could not find stored procedure '${name}'.`, 16, 62);
    const given = new Map<string, Typed>(values.map((one) => [one.name.toLowerCase(), one]));
    out.push(...answerTokens(await handler(given, signal), 'inProcedure'));
  }

  /** Runs one request and answers it, whatever happens to it. */
  async #run(
    sql: string,
    values: readonly Typed[],
    kind: DoneKind,
    work: (out: Buffer[], signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const state = this.#state;
    const running = new AbortController();
    this.#running = running;
    const process = { spid: this.#spid, sql, since: new Date() };
    state.processes.add(process);
    state.statements.push({ sql, values: values.map(({ value }) => value) });
    const out: Buffer[] = [];
    let end = Done.final as number;
    try {
      if (state.faults.slowMs > 0) await sleep(state.faults.slowMs, undefined, { signal: running.signal });
      await work(out, running.signal);
    } catch (error) {
      // A cancelled request's answer ends here; the attention has an answer of its own, in the next message.
      if (!running.signal.aborted) out.push(errorToken(asSqlServerError(error)));
      end = Done.error;
    } finally {
      state.processes.delete(process);
      this.#running = undefined;
    }
    if (state.faults.silent) return;
    if (kind === 'procedure') out.push(returnStatus(end === Done.error ? -6 : 0));
    out.push(done(kind, end));
    this.#answer(Buffer.concat(out));
  }

  async #statements(
    sql: string,
    around: Surroundings,
    kind: DoneKind,
    out: Buffer[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const tokens of statementsOf(tokensOf(sql))) {
      const answer = await executeStatement(tokens, around, this.#state, signal);
      if (signal.aborted) throw new Error('cancelled');
      out.push(...answerTokens(answer, kind));
    }
  }

  /** Transaction manager requests: 5 begin, 7 commit, 8 roll back ([MS-TDS] 2.2.6.9). */
  #transact(data: Buffer, around: Surroundings): void {
    const kind = data.readUInt16LE(data.readUInt32LE(0));
    const none = Buffer.alloc(0);
    const before = this.#transaction;
    if (kind === 5) {
      around.connection.exec('BEGIN');
      this.#transaction = Buffer.from([1, 0, 0, 0, 0, 0, 0, this.#spid & 0xff]);
      this.#answer(Buffer.concat([environmentBytes(8, this.#transaction, none), done('done', Done.final)]));
      return;
    }
    if (around.connection.inTransaction) around.connection.exec(kind === 7 ? 'COMMIT' : 'ROLLBACK');
    this.#transaction = none;
    this.#answer(Buffer.concat([environmentBytes(kind === 7 ? 9 : 10, none, before), done('done', Done.final)]));
  }
}
