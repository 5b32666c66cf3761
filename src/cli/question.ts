/** A question to the gateway as it is typed: `NAME PARAMETER=VALUE … --as=LEVEL`. */
import { actingAs, USER_TYPES } from '../helpspot/acting-person.ts';
import { collectParameters, MAX_PARAMETERS, mergeParameters, type Parameters } from '../helpspot/parameters.ts';
import { type CommandLine, Misuse } from './command-line.ts';

/** The staff levels as `--as` takes them. */
export const LEVELS: readonly string[] = USER_TYPES;

/** A question, and how its answer is wanted. */
export interface TypedQuestion {
  /** The lookup, or the ajax field. */
  readonly name: string;
  readonly parameters: Parameters;
  readonly format: 'text' | 'xml' | 'json';
}

/**
 * Reads a question.
 * @param what is asked: `lookup`, `ajax field`; for messages
 * @throws {Misuse}
 */
export function questionIn(line: CommandLine, what: string): TypedQuestion {
  const [name, ...given] = line.arguments;
  if (name === undefined || name.includes('=')) throw new Misuse(`say which ${what} is asked, before its parameters`);
  if (given.length + line.rest.length > MAX_PARAMETERS) {
    throw new Misuse(`there are more than ${MAX_PARAMETERS} parameters; leave some out`);
  }
  const collector = collectParameters();
  for (const argument of given) {
    const equals = argument.indexOf('=');
    if (equals < 1) throw new Misuse(`"${argument}" is no parameter; write NAME=VALUE, such as email=bob@example.com`);
    collector.add(argument.slice(0, equals), argument.slice(equals + 1));
  }
  // As HelpSpot writes them on a command line: a bare name is an empty field.
  for (const argument of line.rest) {
    const [, parameter = '', value = ''] = /^(?:--)?([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (parameter !== '') collector.add(parameter, value);
  }
  const level = USER_TYPES.find((one) => one === line.value('as'));
  const parameters = mergeParameters(collector.parameters(), level === undefined ? {} : actingAs(level));
  if (line.has('xml') && line.has('json')) throw new Misuse('write --xml or --json, not both');
  return { name, parameters, format: line.has('xml') ? 'xml' : line.has('json') ? 'json' : 'text' };
}
