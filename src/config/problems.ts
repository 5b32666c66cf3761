/** What is wrong with a configuration, and the one error that says all of it. */

import { UserError } from '../contract/index.ts';
import { LIMITS } from './defaults.ts';
import { shownFrom } from './paths.ts';

/** One thing that is wrong. `message` names the setting and says what to write instead; it never quotes a secret. */
export interface Problem {
  /** As shown: relative to the working folder when it is inside. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** A configuration that cannot be used. `message` has one line for each problem, in the order of the file. */
export class ConfigurationError extends UserError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
    super(linesOf(sorted).join('\n'));
    this.problems = sorted;
  }
}

function linesOf(problems: readonly Problem[]): string[] {
  const lines = problems
    .slice(0, LIMITS.problems)
    .map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
  const rest = problems.length - lines.length;
  return rest > 0 ? [...lines, `… and ${rest} more`] : lines;
}

/** A file as messages show it: relative when it is below the working folder, else absolute. */
export function shownFile(file: string): string {
  return shownFrom(process.cwd(), file);
}
