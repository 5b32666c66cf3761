/** What the suite saw of a source, for the words of a case that fails: the last question, its answer, and what the source logged. */
import type { FindQuery, Source, SourceRecord } from '../../../src/contract/index.ts';
import { type RecordedLog, recordedLog } from '../log.ts';

/** A question may have a value of thousands of characters. */
const LONGEST = 400;
/** The newest lines of a log say why. */
const MOST_LINES = 5;

/** The last question to a source, and what became of it. */
interface Asked {
  readonly query: FindQuery;
  answer: string;
}

/** What is kept of one source of the suite. */
export class Trace {
  readonly log: RecordedLog = recordedLog();
  /** Fields that the running case leaves out, as the skip of a part says. */
  leftOut: ReadonlySet<string> = new Set();
  #asked: Asked | undefined;

  /** Forgets what the case before has asked. */
  begin(leftOut: readonly string[]): void {
    this.leftOut = new Set(leftOut);
    this.#asked = undefined;
    this.log.lines.splice(0);
  }

  /** The same source, watched. Whatever else it can do stays as it is. */
  watch(source: Source): Source {
    const watched = new Proxy(source, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return key === 'find' ? (...args: Parameters<Find>) => this.#find(target, args) : value.bind(target);
      },
    });
    traces.set(watched, this);
    return watched;
  }

  /** The same error; its message also says what was asked last, what came, and what the source logged. */
  explain(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    error.message = [error.message, ...this.#words()].join('\n');
    return error;
  }

  async #find(source: Source, [query, context]: Parameters<Find>): Promise<readonly SourceRecord[]> {
    const asked: Asked = { query, answer: 'no answer yet' };
    this.#asked = asked;
    try {
      const records = (await source.find?.(query, context)) ?? [];
      asked.answer = recordsInWords(records);
      return records;
    } catch (error) {
      asked.answer = `failed: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
      throw error;
    }
  }

  *#words(): Generator<string> {
    if (this.#asked !== undefined) {
      const { criteria, limit, order } = this.#asked.query;
      yield `the last question: find ${shortened(JSON.stringify({ criteria, limit, order }))}`;
      yield `its answer: ${shortened(this.#asked.answer)}`;
    }
    const lines = this.log.lines.slice(-MOST_LINES);
    const logged = lines.map(({ level, message, fields }) => `${level} ${message} ${JSON.stringify(fields)}`);
    yield `the source logged: ${logged.length === 0 ? 'nothing' : logged.map(shortened).join('\n  ')}`;
  }
}

type Find = NonNullable<Source['find']>;
const traces = new WeakMap<Source, Trace>();

/** Whether the running case leaves a field out. */
export function isLeftOut(source: Source, field: string): boolean {
  return traces.get(source)?.leftOut.has(field) ?? false;
}

function recordsInWords(records: readonly SourceRecord[]): string {
  const ids = records.map((record) => String(record['customer_id'] ?? 'one without customer_id'));
  return `${records.length} records${ids.length === 0 ? '' : `: ${ids.join(', ')}`}`;
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} … (${text.length} characters)`;
}
