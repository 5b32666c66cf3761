/** What is said to FogBugz and what it answers, in either of its two languages. */
import type { PushFile } from '../../src/contract/index.ts';

/** A command with its arguments, by FogBugz's own names. */
export interface Command {
  readonly cmd: string;
  readonly params: Readonly<Record<string, string | readonly string[]>>;
  readonly files?: readonly PushFile[];
  /** It only reads, and may be sent again. */
  readonly reads?: boolean;
}

/** A case, with the columns that were asked for. */
export interface FogBugzCase {
  /** Digits. */
  readonly id: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly latest: CaseEvent | undefined;
  /** Of the column `events`: what happened to the case, in FogBugz's order. */
  readonly events: readonly CaseEvent[];
}

/** Something that happened to a case. */
export interface CaseEvent {
  /** "Edited by Jane Smith"; empty when FogBugz does not say. */
  readonly what: string;
  /** ISO 8601; empty when FogBugz does not say. */
  readonly at: string;
  /** Who did it; empty when FogBugz does not say. */
  readonly person: string;
  /** What was written, as plain text; often empty. */
  readonly text: string;
  readonly files: readonly EventFile[];
}

/** A file that came with an event. */
export interface EventFile {
  readonly name: string;
  /** `default.asp?pg=pgDownload&…`, relative to FogBugz. */
  readonly url: string;
}

/** An answer; each command fills its part. */
export interface Reply {
  /** Of `logon`. */
  readonly token: string | undefined;
  /** Of `new`, `search` and `listScoutCase`. */
  readonly cases: readonly FogBugzCase[];
  /** Of `listProjects`: how many; undefined when the answer has no list of them. */
  readonly projects: number | undefined;
}

/** One of the two APIs. */
export interface Wire {
  /**
   * Sends a command and reads the answer.
   * @throws {Refusal} when FogBugz says no, whatever the HTTP status
   * @throws {SourceError}
   */
  send(command: Command, token: string | undefined, signal: AbortSignal): Promise<Reply>;
}

/** A case's number as FogBugz writes it. */
export const CASE_NUMBER = /^[1-9]\d{0,9}$/;

/** The number in an answer; undefined when it has none. */
export function caseNumber(text: string | undefined): string | undefined {
  const number = text?.trim() ?? '';
  return CASE_NUMBER.test(number) ? number : undefined;
}
