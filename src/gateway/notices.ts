/** What staff must know of an answer: each sentence once, short, and not too many. */
import type { CallContext } from '../contract/index.ts';
import { answerLimits } from '../helpspot/answer-limits.ts';
import { cutText } from '../helpspot/cut.ts';

/** Sentences in the order in which they were first said. */
export class Notices {
  readonly #said = new Map<string, string>();
  #more = false;

  /** @param subject what it is said of: of one thing the last sentence counts, at the place of the first */
  add(sentence: string, subject?: string): void {
    const short = cutText(sentence, answerLimits.notice);
    // A sentence never begins so.
    const key = subject === undefined ? short : `\0${subject}`;
    if (this.#said.has(key) || this.#said.size < answerLimits.notices) this.#said.set(key, short);
    else this.#more = true;
  }

  all(): readonly string[] {
    const all = [...new Set(this.#said.values())];
    return this.#more ? [...all, 'There is more to know about this answer than can be shown'] : all;
  }
}

/** What a source says of one answer, for all who wait for it. */
export class AnswerNotices extends Notices {
  /** Whether something is not in the answer. */
  isCut = false;

  /** For {@link CallContext}. */
  readonly notice = (sentence: string, cuts = false): void => {
    this.add(sentence);
    this.isCut ||= cuts;
  };
}

/** An answer, after whoever asked was told what was said of it. */
export function noticed<Answer extends { readonly notices: readonly string[]; readonly isCut?: boolean }>(
  answer: Answer,
  context: CallContext,
): Answer {
  for (const sentence of answer.notices) context.notice?.(sentence, answer.isCut);
  return answer;
}
