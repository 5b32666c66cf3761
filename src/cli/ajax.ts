/** `helpspot-gateway ajax NAME callingField=… sUserId=…`: asks an AJAX selection field the whole way, as HelpSpot would, and shows the list. */
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import type { AjaxOutcome, Failure } from '../gateway/outcome.ts';
import { type WritingCall, writtenAjax } from '../gateway/writing.ts';
import { shownOptions } from '../helpspot/ajax-xml.ts';
import { askOnce } from './asking.ts';
import type { CommandLine } from './command-line.ts';
import { inJson } from './json.ts';
import { questionIn, type TypedQuestion } from './question.ts';
import { type Terminal, table, writeDocument } from './terminal.ts';

/** @returns the exit status: 0 for a list, also for an empty one; 1 for a failure; 2 for a field that does not exist */
export async function ajax(line: CommandLine, terminal: Terminal): Promise<number> {
  const { name, parameters, format } = questionIn(line, 'AJAX field');
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  return askOnce(
    {
      plan,
      isKnown: plan.ajax.has(name),
      ask: (gateway, controller) => gateway.ajax({ field: name, parameters }, { via: 'command-line', controller }),
      show: (outcome, call) => show(outcome, format, terminal, call),
    },
    terminal,
  );
}

async function show(
  outcome: AjaxOutcome,
  format: TypedQuestion['format'],
  { stdout }: Terminal,
  call: WritingCall,
): Promise<Failure | undefined> {
  const { answer, failure, encoding, reference } = outcome;
  if (format === 'xml') {
    const written = await writtenAjax(outcome, call);
    writeDocument(stdout, written.xml);
    return written.failure;
  }
  const options = failure === undefined ? await shownOptions(answer, encoding) : [];
  if (format === 'json') {
    writeDocument(stdout, inJson({ reference, ...(failure ? { failure } : { options }) }));
  } else if (failure === undefined) {
    const rows = options.map(({ value, description }) => [value, description]);
    stdout.write(table([['VALUE', 'DESCRIPTION'], ...rows]));
  }
  return undefined;
}
