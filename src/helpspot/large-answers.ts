/** The writers as a worker thread calls them. An answer comes as JSON, which costs a third of a structured clone. */
import type { AjaxAnswer, AjaxEncoding, AjaxOption } from './ajax-answer.ts';
import { shownOptions } from './ajax-xml.ts';
import type { LookupAnswer } from './answer.ts';
import { type LookupFlat, type LookupJson, lookupFlat, lookupJson } from './lookup-json.ts';
import { type LookupElements, lookupElements, writeLookup } from './lookup-xml.ts';

/** {@link writeLookup} */
export function lookupXmlOf(json: string): Promise<string> {
  const answer: LookupAnswer = JSON.parse(json);
  return writeLookup(answer);
}

/** {@link lookupElements} */
export function lookupElementsOf(json: string): Promise<LookupElements> {
  const answer: LookupAnswer = JSON.parse(json);
  return lookupElements(answer);
}

/** {@link lookupJson} */
export function lookupJsonOf(json: string): Promise<LookupJson> {
  const answer: LookupAnswer = JSON.parse(json);
  return lookupJson(answer);
}

/** {@link lookupFlat} */
export function lookupFlatOf(json: string): Promise<LookupFlat> {
  const answer: LookupAnswer = JSON.parse(json);
  return lookupFlat(answer);
}

/** {@link shownOptions} of its two arguments. */
export function ajaxOptionsOf(json: string): Promise<readonly AjaxOption[]> {
  const [answer, encoding]: [AjaxAnswer, AjaxEncoding] = JSON.parse(json);
  return shownOptions(answer, encoding);
}
