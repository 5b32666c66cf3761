import type { Log } from '../../src/contract/index.ts';

/** One line of a {@link RecordedLog}. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A log that keeps its lines. */
export interface RecordedLog extends Log {
  readonly lines: LogLine[];
}

/** Makes a log that keeps its lines. */
export function recordedLog(): RecordedLog {
  const lines: LogLine[] = [];
  const keep = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields: { ...fields } });
  };
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}
