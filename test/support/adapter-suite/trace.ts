/** What the suite saw of a source: the last call, its answer, what it logged and what its errors say; for the words of a case that fails. */
import type { Source } from '../../../src/contract/index.ts';
import { type RecordedLog, recordedLog } from '../log.ts';
import { suiteCustomers } from './seed.ts';

/** A question may have a value of thousands of characters. */
const LONGEST = 400;
/** The newest lines of a log say why. */
const MOST_LINES = 5;

/** The last call to a source, and what became of it. */
interface Asked {
  readonly call: string;
  answer: string;
}

/** What is kept of one source of the suite. */
export class Trace {
  readonly log: RecordedLog = recordedLog();
  /** Fields that the running case leaves out, as the skip of a part says. */
  leftOut: ReadonlySet<string> = new Set();
  readonly #secrets: readonly string[];
  readonly #errors: string[] = [];
  #asked: Asked | undefined;

  /** @param secrets of the settings, which neither the log nor a message may have */
  constructor(secrets: readonly string[] = []) {
    this.#secrets = secrets;
  }

  /** Forgets what the case before has asked. */
  begin(leftOut: readonly string[]): void {
    this.leftOut = new Set(leftOut);
    this.#asked = undefined;
    this.#errors.splice(0);
    this.log.lines.splice(0);
  }

  /** Runs a case. @throws what it throws, saying what was asked last; and an Error where a secret or a customer was told */
  async run(work: () => Promise<void>, leftOut: readonly string[] = []): Promise<void> {
    this.begin(leftOut);
    try {
      await work();
      this.#expectDiscreet();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** The same source, watched. Whatever else it can do stays as it is. */
  watch(source: Source): Source {
    const watched = new Proxy(source, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        const bound: (...args: readonly unknown[]) => unknown = value.bind(target);
        return WATCHED.has(key) ? (...args: readonly unknown[]) => this.#call(String(key), bound, args) : bound;
      },
    });
    traces.set(watched, this);
    return watched;
  }

  /** The same error; its message also says what was asked last, what came, and what the source logged. */
  #explain(error: unknown): unknown {
    if (!(error instanceof Error)) return new Error([`${String(error)} was thrown`, ...this.#words()].join('\n'));
    error.message = [error.message, ...this.#words()].join('\n');
    return error;
  }

  async #call(name: string, call: (...args: readonly unknown[]) => unknown, args: readonly unknown[]) {
    const [what] = args;
    // `check` has nothing but its context.
    const asked: Asked = { call: name === 'check' ? name : `${name} ${inWords(what)}`, answer: 'no answer yet' };
    this.#asked = asked;
    try {
      const answer = await call(...args);
      asked.answer = name === 'find' ? recordsInWords(answer) : inWords(answer);
      return answer;
    } catch (error) {
      asked.answer = `failed: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
      this.#errors.push(`${asked.answer} ${inWords(error)}`);
      throw error;
    }
  }

  #expectDiscreet(): void {
    const logged = this.log.lines.map((line) => JSON.stringify(line));
    for (const text of [...logged, ...this.#errors]) {
      if (!this.#secrets.some((secret) => text.includes(secret))) continue;
      throw new Error(`a secret of the settings is in ${shortened(text)}: keep it out of the log and of messages`);
    }
    const told = logged.find((text) => MAILS.some((mail) => text.includes(mail)));
    if (told !== undefined)
      throw new Error(`a customer is in the log: ${shortened(told)}: give it nothing of a customer`);
  }

  *#words(): Generator<string> {
    if (this.#asked !== undefined) {
      yield `the last question: ${shortened(this.#asked.call)}`;
      yield `its answer: ${shortened(this.#asked.answer)}`;
    }
    const lines = this.log.lines.slice(-MOST_LINES);
    const logged = lines.map(({ level, message, fields }) => `${level} ${message} ${JSON.stringify(fields)}`);
    yield `the source logged: ${logged.length === 0 ? 'nothing' : logged.map(shortened).join('\n  ')}`;
  }
}

const WATCHED: ReadonlySet<unknown> = new Set(['check', 'find', 'push', 'findPush', 'details']);
const MAILS = suiteCustomers.flatMap(({ email = '' }) => (email.includes('@') ? [email] : []));
const traces = new WeakMap<Source, Trace>();

/** Whether the running case leaves a field out. */
export function isLeftOut(source: Source, field: string): boolean {
  return traces.get(source)?.leftOut.has(field) ?? false;
}

function recordsInWords(records: unknown): string {
  if (!Array.isArray(records)) return `no list of records, but ${inWords(records)}`;
  const ids = records.map((record: unknown) => String(Object(record)['customer_id'] ?? 'one without customer_id'));
  return `${ids.length} records${ids.length === 0 ? '' : `: ${ids.join(', ')}`}`;
}

/** What a call was given, or gave. */
function inWords(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} … (${text.length} characters)`;
}
