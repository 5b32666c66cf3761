/** What staff must know of an answer: each sentence once, short, and not too many. */
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
