/**
 * Outcomes as documents, over HTTP and on the command line. A small answer is written at once; a large one in a worker
 * thread, so that nobody else's call waits for it, and within the deadline of its call.
 */

import {
  callerHasGone,
  DeadlineExceeded,
  type Log,
  remainingMs,
  SourceError,
  withDeadlineWithin,
} from '../contract/index.ts';
import { type AjaxEncoding, type AjaxOption, note } from '../helpspot/ajax-answer.ts';
import { shownOptions, writeAjax } from '../helpspot/ajax-xml.ts';
import type { LookupAnswer } from '../helpspot/answer.ts';
import { type ContentSize, sizeOfAnswer } from '../helpspot/content-size.ts';
import { type LookupFlat, type LookupJson, lookupFlat, lookupJson } from '../helpspot/lookup-json.ts';
import { type LookupElements, lookupElements, writeLookup, writeLookupError } from '../helpspot/lookup-xml.ts';
import { ajaxfieldXml } from '../helpspot/xml-writer.ts';
import { inThread, type ThreadTask, threadLimits } from '../kit/threads/index.ts';
import { failureFields, failureOf } from './failure.ts';
import type { AjaxOutcome, Failure, LookupOutcome, OrFailure } from './outcome.ts';

/** The call that is answered. */
export interface WritingCall {
  /** The signal of the call, as the gateway was given it: it knows the deadline. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** A document, and why it is not the answer that was asked for. */
export interface Written {
  readonly xml: string;
  readonly failure?: Failure | undefined;
}

/** What is written at once: some 20 ms. A whole thread costs more than that. */
const atOnce = { parts: 5_000, characters: 100_000, html: 50_000, tags: 1_500, optionCharacters: 50_000 } as const;

/** When a slow source has used up the time, what the others found is written all the same. */
const LEAST_MS = 1_000;

type Writers = typeof import('../helpspot/large-answers.ts');

const MODULE = 'src/helpspot/large-answers';
const LOOKUP_XML: ThreadTask<Writers['lookupXmlOf']> = { module: MODULE, name: 'lookupXmlOf' };
const LOOKUP_ELEMENTS: ThreadTask<Writers['lookupElementsOf']> = { module: MODULE, name: 'lookupElementsOf' };
const LOOKUP_JSON: ThreadTask<Writers['lookupJsonOf']> = { module: MODULE, name: 'lookupJsonOf' };
const LOOKUP_FLAT: ThreadTask<Writers['lookupFlatOf']> = { module: MODULE, name: 'lookupFlatOf' };
const AJAX_OPTIONS: ThreadTask<Writers['ajaxOptionsOf']> = { module: MODULE, name: 'ajaxOptionsOf' };

/** The XML of a lookup. An answer that cannot be written in time is a failure in words; throws only for a bug of ours. */
export async function writtenLookup(outcome: LookupOutcome, call: WritingCall): Promise<Written> {
  const { answer, failure } = outcome;
  if (failure !== undefined) return { xml: writeLookupError(failure.message), failure };
  const written = await madeOf(LOOKUP_XML, writeLookup, outcome.reference, answer, call);
  return written.failure === undefined
    ? { xml: written.value }
    : { xml: writeLookupError(written.failure.message), failure: written.failure };
}

/** The elements of an answer, in the same way. */
export function writtenElements(
  { answer, reference }: LookupOutcome & { readonly answer: LookupAnswer },
  call: WritingCall,
): Promise<Made<LookupElements>> {
  return madeOf(LOOKUP_ELEMENTS, lookupElements, reference, answer, call);
}

/** The same as JSON, for other programs. */
export function writtenJson(
  { answer, reference }: LookupOutcome & { readonly answer: LookupAnswer },
  call: WritingCall,
): Promise<Made<LookupJson>> {
  return madeOf(LOOKUP_JSON, lookupJson, reference, answer, call);
}

/** The same as flat JSON: texts, and the rows of tables. */
export function writtenFlat(
  { answer, reference }: LookupOutcome & { readonly answer: LookupAnswer },
  call: WritingCall,
): Promise<Made<LookupFlat>> {
  return madeOf(LOOKUP_FLAT, lookupFlat, reference, answer, call);
}

/** A list as a document, and the lines that HelpSpot reads from it; none where there is a failure. */
export interface WrittenList extends Written {
  readonly options: readonly AjaxOption[];
}

/** The XML of a drop-down list, in the same way. */
export async function writtenAjax(outcome: AjaxOutcome, call: WritingCall): Promise<WrittenList> {
  const { answer, encoding, failure, reference } = outcome;
  if (failure !== undefined) return { xml: await ajaxFailure(failure, encoding), options: [], failure };
  const size = answer.options.reduce((sum, { value, description }) => sum + value.length + description.length, 0);
  const made =
    size <= atOnce.optionCharacters
      ? { value: await shownOptions(answer, encoding) }
      : await inTime(AJAX_OPTIONS, [answer, encoding], reference, call);
  return made.failure === undefined
    ? { xml: ajaxfieldXml(made.value), options: made.value }
    : { xml: await ajaxFailure(made.failure, encoding), options: [], failure: made.failure };
}

/** What was made of an answer, or why nothing was. */
type Made<Value> = OrFailure<{ readonly value: Value }>;

async function madeOf<Value>(
  task: ThreadTask<(json: string) => Promise<Value>>,
  run: (answer: LookupAnswer) => Promise<Value>,
  reference: string,
  answer: LookupAnswer,
  call: WritingCall,
): Promise<Made<Value>> {
  if (isSmall(sizeOfAnswer(answer))) return { value: await run(answer) };
  return inTime(task, answer, reference, call);
}

function isSmall({ parts, characters, html, tags }: ContentSize): boolean {
  return parts <= atOnce.parts && characters <= atOnce.characters && html <= atOnce.html && tags <= atOnce.tags;
}

async function inTime<Value>(
  task: ThreadTask<(json: string) => Promise<Value>>,
  input: object,
  reference: string,
  { signal, log }: WritingCall,
): Promise<Made<Value>> {
  const milliseconds = Math.max(LEAST_MS, remainingMs(signal) ?? threadLimits.longestMs);
  const parent = signal.aborted && !callerHasGone(signal) ? undefined : signal;
  try {
    const value = await withDeadlineWithin(milliseconds, parent, (limited) =>
      inThread(task, JSON.stringify(input), limited),
    );
    return { value };
  } catch (error) {
    if (callerHasGone(signal)) return { failure: failureOf(['The caller has gone away'], reference, 499) };
    const [words, status] = wordsOf(error);
    log.error({ reference, ...failureFields(error) }, 'a large answer could not be written');
    return { failure: failureOf([words], reference, status) };
  }
}

/** @throws what is a bug of ours */
function wordsOf(error: unknown): readonly [words: string, status: number] {
  if (error instanceof SourceError && error.kind === 'rate-limited') {
    return ['Too many large answers are being written; try again in a minute', 503];
  }
  if (error instanceof SourceError || error instanceof DeadlineExceeded) {
    return ['The answer is too large to be shown in time; fill in more fields to narrow the search', 504];
  }
  throw error;
}

function ajaxFailure({ message }: Failure, encoding: AjaxEncoding): Promise<string> {
  return writeAjax({ options: [note(message)] }, encoding);
}
