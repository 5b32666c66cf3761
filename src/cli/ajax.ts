/** `helpspot-gateway ajax NAME callingField=… sUserId=…`: asks an AJAX selection field the whole way, as HelpSpot would, and shows the list. */
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import type { AjaxOutcome } from '../gateway/outcome.ts';
import { note } from '../helpspot/ajax-answer.ts';
import { shownOptions, writeAjax } from '../helpspot/ajax-xml.ts';
import { askOnce } from './asking.ts';
import type { CommandLine } from './command-line.ts';
import { inJson } from './json.ts';
import { type Question, questionIn } from './question.ts';
import { type Terminal, table, writeDocument } from './terminal.ts';

/** @returns the exit status: 0 for a list, also for an empty one; 1 for a failure; 2 for a field that does not exist */
export async function ajax(line: CommandLine, terminal: Terminal): Promise<number> {
  const { name, parameters, format } = questionIn(line, 'AJAX field');
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  return askOnce(
    {
      plan,
      isKnown: plan.ajax.has(name),
      ask: (gateway) => gateway.ajax({ field: name, parameters }, { via: 'command-line' }),
      show: (outcome) => show(outcome, format, terminal),
    },
    terminal,
  );
}

async function show(outcome: AjaxOutcome, format: Question['format'], { stdout }: Terminal): Promise<void> {
  const { answer, failure, encoding, reference } = outcome;
  const list = answer ?? { options: [note(failure?.message ?? '')] };
  if (format === 'xml') return writeDocument(stdout, await writeAjax(list, encoding));
  const options = failure === undefined ? await shownOptions(list, encoding) : [];
  if (format === 'json') return writeDocument(stdout, inJson({ reference, ...(failure ? { failure } : { options }) }));
  if (failure !== undefined) return;
  const rows = options.map(({ value, description }) => [value, description]);
  stdout.write(table([['VALUE', 'DESCRIPTION'], ...rows]));
}
