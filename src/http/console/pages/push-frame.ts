/** HTML that others wrote. */
import { type ComponentChild, h } from 'preact';

/** A frame in which nothing runs, and which loads nothing: it has no permission, and inherits the policy of the page. */
export function answerFrame(html: string, title: string): ComponentChild {
  return h('iframe', { class: 'answer', sandbox: '', srcdoc: html, title });
}
