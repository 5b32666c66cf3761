/** What HelpSpot sends to a command-line source (manual, chapter 1.2). */
import { collectParameters, type Parameters } from './parameters.ts';
import { STANDARD_ELEMENTS } from './xml-name.ts';

/** Options of {@link parseArguments}. */
export interface ArgumentOptions {
  /** The ids of the custom fields that follow `phone` in positional calls. */
  readonly customFields: readonly number[];
}

/**
 * Reads the arguments that HelpSpot adds to the command, without the gateway's own options. From 5.3.0 they are named,
 * `--customer_id=12 --email`, where a bare name is an empty field and only the first `=` separates; unknown names are
 * kept. Before, they are positional, empty ones as `''`; positions that no custom field is configured for are ignored.
 * A name wins over a position.
 */
export function parseArguments(argv: readonly string[], options: ArgumentOptions): Parameters {
  const named = collectParameters();
  const positional: string[] = [];
  for (const argument of argv) {
    const [name, value] = namedArgument(argument) ?? [];
    if (name === undefined || value === undefined) positional.push(argument);
    else named.add(name, value);
  }
  return Object.assign(byPosition(positional, options.customFields), named.parameters());
}

/** Undefined for a value in its position, `--` and `--=x` included: they would shift the positions if they were dropped. */
function namedArgument(argument: string): [name: string, value: string] | undefined {
  if (!argument.startsWith('--')) return undefined;
  const equals = argument.indexOf('=');
  const name = argument.slice(2, equals < 0 ? undefined : equals);
  if (name === '') return undefined;
  return [name, equals < 0 ? '' : argument.slice(equals + 1)];
}

function byPosition(values: readonly string[], customFields: readonly number[]): Record<string, string> {
  // The order before HelpSpot 5.3.0; every custom field follows, in ascending order of its id.
  const names = [...STANDARD_ELEMENTS, ...customFields.toSorted((a, b) => a - b).map((id) => `Custom${id}`)];
  const parameters: Record<string, string> = Object.create(null);
  for (const [position, value] of values.entries()) {
    const name = names[position];
    if (name === undefined) break;
    parameters[name] = value;
  }
  return parameters;
}
