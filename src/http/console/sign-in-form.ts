/** The form that asks for a name and a password. */
import { type ComponentChild, h } from 'preact';
import { CONSOLE, textField } from './page.ts';
import { LONGEST_PASSWORD } from './password.ts';
import type { Texts } from './texts/en.ts';

/** @param to where it leads */
export function signInForm(texts: Texts, to: string): ComponentChild {
  const password = { type: 'password', autocomplete: 'current-password', required: true, maxLength: LONGEST_PASSWORD };
  return h(
    'form',
    { method: 'post', action: `${CONSOLE}/sign-in` },
    h('input', { type: 'hidden', name: 'to', value: to }),
    textField(texts.name, 'name', '', { autocomplete: 'username', required: true, maxLength: 100 }),
    textField(texts.password, 'password', '', password),
    h('button', { class: 'main' }, texts.signIn),
  );
}
