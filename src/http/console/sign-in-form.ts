/** What the sign-in page offers. */
import { type ComponentChild, h } from 'preact';
import type { ConsolePlan } from '../../gateway/plan.ts';
import { OPENID_PATH } from './openid/sign-in.ts';
import { CONSOLE, notice, textField } from './page.ts';
import { LONGEST_PASSWORD } from './password.ts';
import type { Texts } from './texts/en.ts';

/**
 * The provider first, where there is one; a name and a password, unless the provider is all there is.
 * @param to where it leads
 * @param name that was typed before
 */
export function signInForms(
  texts: Texts,
  { users, openid }: ConsolePlan,
  to: string,
  name: string,
): readonly ComponentChild[] {
  if (openid === undefined) return [passwordForm(texts, to, name)];
  const link = h(
    'p',
    null,
    h(
      'a',
      { class: 'button', href: `${OPENID_PATH}/start?to=${encodeURIComponent(to)}` },
      texts.signInAt(openid.title),
    ),
  );
  const hasPasswords = users.some(({ password }) => password !== undefined);
  return hasPasswords ? [link, h('h2', null, texts.signInByPassword), passwordForm(texts, to, name)] : [link];
}

/** For who has just signed out here. @param address of the provider's page for it */
export function signOutLink(texts: Texts, { openid }: ConsolePlan, address: string): ComponentChild {
  return notice('done', `${texts.signedOut} `, h('a', { href: address }, texts.signOutAt(openid?.title ?? '')));
}

/** Names in the configuration are no longer. */
const LONGEST_NAME = 100;

function passwordForm(texts: Texts, to: string, name: string): ComponentChild {
  const password = { type: 'password', autocomplete: 'current-password', required: true, maxLength: LONGEST_PASSWORD };
  return h(
    'form',
    { class: 'sign-in', method: 'post', action: `${CONSOLE}/sign-in` },
    h('input', { type: 'hidden', name: 'to', value: to }),
    textField(texts.name, 'name', name.slice(0, LONGEST_NAME), {
      autocomplete: 'username',
      required: true,
      maxLength: LONGEST_NAME,
    }),
    textField(texts.password, 'password', '', password),
    h('button', { class: 'main' }, texts.signIn),
  );
}
