/** `helpspot-gateway lookup NAME PARAMETER=VALUE …`: asks a lookup the whole way, as HelpSpot would, and shows the answer. */
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { isGiven } from '../gateway/lookup/match-steps.ts';
import type { LookupPlan } from '../gateway/lookup/plan.ts';
import type { Failure, LookupOutcome } from '../gateway/outcome.ts';
import { type WritingCall, writtenElements, writtenJson, writtenLookup } from '../gateway/writing.ts';
import { actingPerson } from '../helpspot/acting-person.ts';
import { cutText } from '../helpspot/cut.ts';
import { HELPSPOT_COLUMNS, type LookupElements } from '../helpspot/lookup-xml.ts';
import { isInsertable } from '../helpspot/xml-name.ts';
import { askOnce } from './asking.ts';
import type { CommandLine } from './command-line.ts';
import { emptyLines, explained, originLines } from './explanation.ts';
import { inJson } from './json.ts';
import { questionIn, type TypedQuestion } from './question.ts';
import { list, type Terminal, table, writeDocument } from './terminal.ts';
import { cutTo, printable } from './text-width.ts';

/** A table with longer cells than this is hard to read; the whole value is shown of one customer alone. */
const CELL_COLUMNS = 50;
/** Characters of one value on a terminal; `--json` has all of them. */
const VALUE_SHOWN = 10_000;

/** @returns the exit status: 0 for an answer, also for nobody; 1 for a failure; 2 for a lookup that does not exist */
export async function lookup(line: CommandLine, terminal: Terminal): Promise<number> {
  const question = questionIn(line, 'lookup');
  const { name, parameters } = question;
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment, { onlyLookup: name });
  return askOnce(
    {
      plan,
      isKnown: plan.lookups.has(name),
      ask: (gateway, controller) =>
        gateway.lookup(
          { lookup: name, parameters },
          {
            ...{ via: 'command-line', controller, explain: line.has('explain') },
            provenance: line.has('explain') || question.format === 'json',
          },
        ),
      show: (outcome, call) => show(outcome, question, plan.lookups.get(name), terminal, call),
    },
    terminal,
  );
}

async function show(
  outcome: LookupOutcome,
  { format, parameters }: TypedQuestion,
  plan: LookupPlan | undefined,
  { stdout, stderr }: Terminal,
  call: WritingCall,
): Promise<Failure | undefined> {
  const { reference, explanation } = outcome;
  if (explanation !== undefined) stderr.write(explained(explanation));
  const isRead = format === 'text' || explanation !== undefined;
  const { value: elements, failure } =
    outcome.failure === undefined && isRead ? await writtenElements(outcome, call) : { ...outcome, value: undefined };
  if (explanation !== undefined && elements !== undefined) {
    stderr.write(originLines(outcome.answer?.customers ?? []));
    stderr.write(emptyLines(plan, elements.customers, explanation, actingPerson(parameters).userType));
  }
  if (format === 'xml') {
    const written = await writtenLookup(outcome, call);
    writeDocument(stdout, written.xml);
    return written.failure;
  }
  if (format === 'json') {
    const written = outcome.failure === undefined ? await writtenJson(outcome, call) : outcome;
    const { failure: why } = written;
    writeDocument(stdout, inJson({ reference, ...(why === undefined ? written.value : { failure: why }) }));
    return why;
  }
  if (elements !== undefined) {
    for (const notice of elements.notices) stderr.write(`note: ${printable(notice)}\n`);
    const text = await asText(elements);
    stdout.write(text === '' ? 'Nobody was found.\n' : text);
    if (text === '' && plan !== undefined) stderr.write(unusedNote(plan, parameters));
  }
  return failure;
}

/** One customer as a list, several as a table with the columns that HelpSpot shows. Empty for nobody. */
async function asText({ columns, customers }: LookupElements): Promise<string> {
  const { HtmlReader } = await import('../helpspot/sanitise.ts');
  const reader = new HtmlReader();
  const texts = customers.map(
    (elements) =>
      new Map([...elements].map(([name, value]) => [name, isInsertable(name) ? value : reader.shownText(value)])),
  );
  const [first, ...others] = texts;
  if (first === undefined) return '';
  if (others.length === 0) return list([...first].map(([name, value]) => [name, cutText(value, VALUE_SHOWN)]));
  const shown = columns.length > 0 ? columns : HELPSPOT_COLUMNS;
  const rows = texts.map((customer) => shown.map((column) => cutTo(CELL_COLUMNS, customer.get(column) ?? '')));
  return `${table([shown, ...rows])}\n${texts.length} customers\n`;
}

/** Says what can be searched when nothing of it was sent; empty when something was. */
function unusedNote({ name, match, addressBook }: LookupPlan, parameters: TypedQuestion['parameters']): string {
  const isUsed = match.some((step) => isGiven(step, parameters));
  if (isUsed || addressBook !== undefined) return '';
  const steps = match.map((step) =>
    step.map((input) => ('words' in input ? input.parameters.join(' or ') : input.parameter)).join(' with '),
  );
  return `note: nothing was searched; ${name} takes ${[...new Set(steps)].join(', ')}\n`;
}
