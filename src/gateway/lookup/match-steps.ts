/** From what HelpSpot sent to the questions of a lookup, one for each match step. */
import { type Criterion, type FindQuery, isSought, LONGEST_SOUGHT } from '../../contract/index.ts';
import type { Parameters } from '../../helpspot/parameters.ts';
import type { LookupPlan, MatchStep } from './plan.ts';

/** What a step asks of every source. */
export type StepQuestion = Pick<FindQuery, 'criteria' | 'groups'>;

/** A question, and what it is called: `email`, `first_name+last_name`. */
export interface NamedQuestion extends StepQuestion {
  readonly name: string;
  /** In place of the criteria: questions of which one is enough. */
  readonly any?: readonly StepQuestion[];
}

/** What a lookup asks, and what it does not. */
export interface StepQuestions {
  readonly questions: readonly NamedQuestion[];
  /** Steps that are passed over, and why. */
  readonly skipped: readonly { readonly step: string; readonly problem: string }[];
  /** Sentences for staff. */
  readonly notices: readonly string[];
}

/** The questions of the match steps, in order. */
export function stepQuestions({ match, unite }: LookupPlan, parameters: Parameters): StepQuestions {
  const questions: NamedQuestion[] = [];
  const skipped: { step: string; problem: string }[] = [];
  const notices: string[] = [];
  for (const step of match) {
    const name = nameOf(step);
    const long = parametersOf(step).find((parameter) => given(parameters, parameter).length > LONGEST_SOUGHT);
    if (long !== undefined) {
      notices.push(`${long} is longer than ${LONGEST_SOUGHT} characters; nobody was looked for by it`);
      skipped.push({ step: name, problem: 'a value is too long' });
      continue;
    }
    const question = questionOf(step, parameters);
    if (question === undefined) skipped.push({ step: name, problem: 'not all of its values were sent' });
    else questions.push({ name, criteria: question.criteria, groups: question.groups ?? [] });
  }
  return { questions: unite ? united(questions) : questions, skipped, notices };
}

/** One question of all: whoever meets one of them is found. */
function united(questions: readonly NamedQuestion[]): readonly NamedQuestion[] {
  if (questions.length <= 1) return questions;
  return [{ name: questions.map(({ name }) => name).join(' or '), criteria: [], any: questions }];
}

/** The HelpSpot parameters that a step needs. */
export function parametersOf(step: MatchStep): readonly string[] {
  return step.flatMap((input) => ('words' in input ? input.parameters : input.parameter));
}

/** Whether everything that a step needs was sent. */
export function isGiven(step: MatchStep, parameters: Parameters): boolean {
  return questionOf(step, parameters) !== undefined;
}

/** Undefined when one of the inputs of a step is not given: a name of spaces or a telephone "n/a" is not. */
function questionOf(step: MatchStep, parameters: Parameters): StepQuestion | undefined {
  const criteria: Criterion[] = [];
  const groups: (readonly Criterion[])[] = [];
  for (const input of step) {
    if ('words' in input) {
      const words = wordsOf(input.parameters.map((name) => given(parameters, name)).join(' '));
      if (words.length === 0) return undefined;
      for (const value of words)
        groups.push(input.words.map((field) => ({ field, match: 'contains', value }) as const));
      continue;
    }
    const criterion = { field: input.field, match: input.match, value: given(parameters, input.parameter) };
    if (!isSought(criterion)) return undefined;
    criteria.push(criterion);
  }
  return groups.length === 0 ? { criteria } : { criteria, groups };
}

/**
 * The question as a source knows its fields: `crm.customer_id` is its `customer_id` to the source `crm`, and nothing that
 * another one could be asked. Undefined when the question is not for this source.
 */
export function questionTo(
  name: string,
  { criteria, groups }: StepQuestion,
  sources: readonly string[],
): StepQuestion | undefined {
  const ofOther = ({ field }: Criterion) => {
    const dot = field.indexOf('.');
    if (dot < 0) return false;
    const source = field.slice(0, dot);
    return source !== name && sources.includes(source);
  };
  const own = (one: Criterion) =>
    one.field.startsWith(`${name}.`) ? { ...one, field: one.field.slice(name.length + 1) } : one;
  if (criteria.some(ofOther)) return undefined;
  if (groups === undefined) return { criteria: criteria.map(own) };
  const left = groups.map((group) => group.filter((one) => !ofOther(one)).map(own));
  return left.some((group) => group.length === 0) ? undefined : { criteria: criteria.map(own), groups: left };
}

/** Nobody has more names; each makes the question longer. */
const MOST_WORDS = 6;

/** "Muster, Max" and "Max Muster" are the same two words. */
function wordsOf(text: string): readonly string[] {
  const words = text.split(/[\s,;]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return [...new Set(words)].slice(0, MOST_WORDS);
}

function given(parameters: Parameters, parameter: string): string {
  return (parameters[parameter] ?? '').trim();
}

/** What a step is called in the log: `email`, `first_name+last_name`. */
export function nameOf(step: MatchStep): string {
  return step.map((input) => ('words' in input ? `words(${input.words.join(' ')})` : input.field)).join('+');
}
