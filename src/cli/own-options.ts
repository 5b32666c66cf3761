/** The arguments of `bin/livelookup`: the gateway's own options, and behind them what HelpSpot adds. */
import { nearest } from '../config/names.ts';
import { type Log, UserError } from '../contract/index.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { parametersOf } from '../gateway/lookup/match-steps.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { type Written, writtenLookup } from '../gateway/writing.ts';
import { parseArguments } from '../helpspot/arguments.ts';
import { isHelpSpotParameter, MAX_PARAMETERS, type Parameters, parameterOf } from '../helpspot/parameters.ts';
import { STANDARD_ELEMENTS } from '../helpspot/xml-name.ts';

/** The gateway's own options stand before what HelpSpot adds, so that no field of a request can be taken for one. */
export interface OwnOptions {
  readonly lookup: string;
  readonly config: string | undefined;
  readonly rest: readonly string[];
}

/** Takes `--lookup=`, `--config=` and `--socket=` off the front. The last is for bin/livelookup, which has looked there. */
export function ownOptions(args: readonly string[]): OwnOptions {
  let lookup = 'default';
  let config: string | undefined;
  let at = 0;
  for (; at < args.length; at += 1) {
    const option = /^--(lookup|config|socket)=(.*)$/s.exec(args[at] ?? '');
    if (option === null) break;
    if (option[1] === 'lookup') lookup = option[2] ?? '';
    else if (option[1] === 'config') config = option[2];
  }
  return { lookup, config, rest: args.slice(at) };
}

const OPTIONS = ['--lookup', '--config', '--socket'];

/**
 * A misspelled option would be taken for a field of the request, and the lookup would be answered from other data.
 * @param searched parameters that the lookup searches by, whatever they are called; undefined as long as it is not known
 * @throws {UserError} for an option that is not ours before what HelpSpot adds, and for `--config` behind it
 */
export function refuseMisplaced(rest: readonly string[], searched?: ReadonlySet<string>): void {
  const late = rest.find((argument) => /^--config(?:=|$)/.test(argument));
  if (late !== undefined) throw new UserError('--config stands behind other parameters; write it before all of them');
  const isFirst = (name: string) => isHelpSpotParameter(name) || searched?.has(name) === true;
  for (const argument of rest) {
    const name = /^--([^=]+)/.exec(argument)?.[1];
    if (name === undefined || isFirst(parameterOf(name))) return;
    const meant = nearest(`--${name}`, OPTIONS);
    if (meant !== undefined) throw new UserError(`there is no option --${name}; did you mean ${meant}=…?`);
    if (searched !== undefined)
      throw new UserError(`there is no option --${name}; there are --lookup=NAME, --config=FILE and --socket=FILE`);
  }
}

/**
 * Asks what HelpSpot asks: for who starts the command line, and for who asks over the socket.
 * @throws {UserError} for an option that is not ours before what HelpSpot adds
 */
export async function ownLookup(
  own: OwnOptions,
  { gateway, controller }: { readonly gateway: Gateway; readonly controller: AbortController },
): Promise<Written> {
  const { plan, log } = gateway;
  const { lookup, rest } = own;
  const parameters = sentParameters(own, plan, log);
  const cut = rest.length > MAX_PARAMETERS ? { readOnly: MAX_PARAMETERS } : {};
  const outcome = await gateway.lookup({ lookup, parameters }, { ...cut, via: 'command-line', controller });
  return writtenLookup(outcome, { signal: controller.signal, log });
}

/** What HelpSpot sent, as far as it is read, and a line in the log when positions are of no use. */
function sentParameters(
  { lookup, rest }: OwnOptions,
  { lookups, commandLine }: Pick<GatewayPlan, 'lookups' | 'commandLine'>,
  log: Log,
): Parameters {
  refuseMisplaced(rest, new Set(lookups.get(lookup)?.match.flatMap(parametersOf)));
  const positions = rest.filter((argument) => !argument.startsWith('--')).length;
  const ignored = positions - STANDARD_ELEMENTS.length - commandLine.customFields.length;
  if (ignored > 0) {
    log.warn(
      { ignored },
      'values behind those of the custom fields are ignored; write the ids of all custom fields: commandLine: { customFields: [1, 5] }',
    );
  }
  return parseArguments(rest.slice(0, MAX_PARAMETERS), commandLine);
}
