/** What staff must know of an answer: each sentence once, short, and not too many. */
import { answerLimits } from '../helpspot/answer-limits.ts';
import { cutText } from '../helpspot/cut.ts';

/** Sentences in the order in which they were first said. */
export class Notices {
  readonly #said = new Set<string>();
  #more = false;

  add(sentence: string): void {
    const short = cutText(sentence, answerLimits.notice);
    if (this.#said.has(short)) return;
    if (this.#said.size < answerLimits.notices) this.#said.add(short);
    else this.#more = true;
  }

  all(): readonly string[] {
    return this.#more ? [...this.#said, 'There is more to know about this answer than can be shown'] : [...this.#said];
  }
}
