/** The log for a person at a terminal: what went wrong and how to mend it, in a line each. */

import * as z from 'zod';
import { type Log, redact } from '../contract/index.ts';
import type { Output } from './terminal.ts';
import { printable } from './text-width.ts';

const told = z.object({
  source: z.string().optional(),
  field: z.string().optional(),
  line: z.number().optional(),
  problem: z.string().optional(),
  remedy: z.string().optional(),
  stack: z.string().optional(),
});

/** For a command that says itself all there is to say. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Says warnings and errors, without their other fields.
 * @param secrets masked wherever a vendor's library has put them
 */
export function terminalLog(output: Output, secrets: () => readonly string[]): Log {
  const say = (level: string) => (fields: object, message: string) => {
    const { source, field, line: number, problem, remedy, stack } = told.catch({}).parse(fields);
    const where = number === undefined ? field : [...(field === undefined ? [] : [field]), `line ${number}`].join(', ');
    const words = [source, where, message, problem, remedy].filter((part) => part !== undefined).join(': ');
    const lines = stack === undefined ? [words] : [words, ...stack.split('\n').slice(1)];
    for (const line of lines) output.write(`${printable(redact(`${level}: ${line}`, secrets()))}\n`);
  };
  return { debug() {}, info() {}, warn: say('warning'), error: say('error') };
}
