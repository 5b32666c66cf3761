/** The word with which staff ask that a push be sent once more, though nobody knows whether the one before arrived. */
import type { PushedRequest } from '../../helpspot/pushed-request.ts';

/** As messages name it; capitals and spaces around it do not matter. */
export const AGAIN = 'again:';
const WRITTEN = /^\s*again\s*:\s*/i;

/**
 * Whether the comment of a push begins with {@link AGAIN}, and the request without that word: it is said to the
 * gateway, not to the other system.
 */
export function withoutAgain(request: PushedRequest): { readonly isAgain: boolean; readonly request: PushedRequest } {
  const comment = request.fields['staff_comment'] ?? '';
  const rest = comment.replace(WRITTEN, '');
  if (rest === comment) return { isAgain: false, request };
  // No prototype: a field called `__proto__` is a field and nothing else.
  const fields = Object.assign(Object.create(null), request.fields, { staff_comment: rest });
  return { isAgain: true, request: { ...request, fields } };
}
