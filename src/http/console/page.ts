/** What every page of the console is made of. Preact escapes all texts; nothing is ever written as HTML unread. */
import { type ComponentChild, type ComponentChildren, h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { ConsoleUser } from '../../gateway/plan.ts';
import type { Texts } from './texts/en.ts';

/** Where the console is. */
export const CONSOLE = '/console';

/** One entry of the navigation. */
export interface NavigationEntry {
  /** `''` is the overview. */
  readonly path: string;
  readonly heading: string;
}

/** A page before it is written. */
export interface PageParts {
  readonly texts: Texts;
  readonly heading: string;
  readonly content: ComponentChildren;
  /** Undefined before somebody has signed in. */
  readonly signedIn?: SignedIn | undefined;
}

/** Who looks at a page, and what it shows around its content. */
export interface SignedIn {
  readonly user: ConsoleUser;
  readonly csrf: string;
  readonly navigation: readonly NavigationEntry[];
  /** The entry of this page. */
  readonly path: string;
}

/** Writes a page. */
export function written({ texts, heading, content, signedIn }: PageParts): string {
  const page = h(
    'html',
    { lang: texts.language },
    h(
      'head',
      null,
      h('meta', { charSet: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'robots', content: 'noindex' }),
      h('title', null, `${heading} – ${texts.title}`),
      h('link', { rel: 'stylesheet', href: `${CONSOLE}/style.css` }),
      h('link', { rel: 'icon', href: 'data:,' }),
    ),
    h(
      'body',
      null,
      h('a', { class: 'skip', href: '#content' }, texts.skip),
      h('header', null, h('p', { class: 'brand' }, texts.title), signedIn && navigation(texts, signedIn)),
      h('main', { id: 'content', tabIndex: -1 }, h('h1', null, heading), content),
      h('footer', null, languageSwitch(texts)),
    ),
  );
  return `<!DOCTYPE html>\n${renderToString(page)}\n`;
}

function navigation(texts: Texts, { user, csrf, navigation, path }: SignedIn): ComponentChild {
  const links = navigation.map((entry) =>
    h(
      'li',
      { key: entry.path },
      h('a', { href: hrefOf(entry.path), ...(entry.path === path && { 'aria-current': 'page' }) }, entry.heading),
    ),
  );
  return h(
    'div',
    { class: 'bar' },
    h('nav', { 'aria-label': texts.title }, h('ul', null, links)),
    h(
      'form',
      { class: 'who', method: 'post', action: `${CONSOLE}/sign-out` },
      h('span', null, texts.signedInAs(user.name, user.role)),
      csrfField(csrf),
      h('button', null, texts.signOut),
    ),
  );
}

function languageSwitch(texts: Texts): ComponentChild {
  const other = texts.language === 'de' ? 'en' : 'de';
  return h('a', { href: `${CONSOLE}/language/${other}`, lang: other, hrefLang: other }, texts.otherLanguage);
}

/** The address of a page. */
export function hrefOf(path: string): string {
  return path === '' ? `${CONSOLE}/` : `${CONSOLE}/${path}`;
}

/** What each form that changes something carries. */
export function csrfField(csrf: string): ComponentChild {
  return h('input', { type: 'hidden', name: 'csrf', value: csrf });
}

/** A form that changes something. @param action below the console: `pushes/retry` */
export function changeForm(csrf: string, action: string, ...children: ComponentChild[]): ComponentChild {
  return h('form', { method: 'post', action: hrefOf(action) }, csrfField(csrf), ...children);
}

/** A field with its label. @param id of the field */
export function labelled(label: string, id: string, field: ComponentChild): ComponentChild {
  return h('p', { class: 'field' }, h('label', { for: id }, label), field);
}

/** A text field with its label. @param attributes of `input` besides @param hint what stands below it */
export function textField(
  label: string,
  name: string,
  value = '',
  attributes: Readonly<Record<string, unknown>> = {},
  hint?: string,
): ComponentChild {
  const id = `f-${name}`;
  const input = h('input', { id, name, value, ...attributes, ...(hint && { 'aria-describedby': `${id}-hint` }) });
  return labelled(label, id, hint === undefined ? input : [input, h('small', { id: `${id}-hint` }, hint)]);
}

/** A choice with its label. @param options value and what is shown */
export function choice(
  label: string,
  name: string,
  options: readonly (readonly [value: string, shown: string])[],
  chosen = '',
): ComponentChild {
  const items = options.map(([value, shown]) => h('option', { value, selected: value === chosen }, shown));
  return labelled(label, `f-${name}`, h('select', { id: `f-${name}`, name }, items));
}

/** A part of a page with a heading of its own. */
export function section(heading: string, ...content: ComponentChild[]): ComponentChild {
  return h('section', null, h('h2', null, heading), ...content);
}

/**
 * A table that scrolls by itself where the window is narrow, also by keyboard.
 * @param narrow `stacks`: each row is a block of lines in a narrow window, for tables that end with a sentence
 */
export function dataTable(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly ComponentChild[])[],
  narrow: 'scrolls' | 'stacks' = 'scrolls',
): ComponentChild {
  if (narrow === 'stacks') return stackingTable(caption, heads, rows);
  const head = heads.map((text) => h('th', { scope: 'col' }, text));
  const body = rows.map((cells) =>
    h('tr', null, ...cells.map((cell, at) => (at === 0 ? h('th', { scope: 'row' }, cell) : h('td', null, cell)))),
  );
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': caption },
    h('table', null, h('thead', null, h('tr', null, ...head)), h('tbody', null, ...body)),
  );
}

/** What is drawn as a block is a table no more for a screen reader, unless it says so; and each cell needs its label. */
function stackingTable(caption: string, heads: readonly string[], rows: readonly (readonly ComponentChild[])[]) {
  const head = heads.map((text) => h('th', { scope: 'col', role: 'columnheader' }, text));
  const body = rows.map((cells) =>
    h(
      'tr',
      { role: 'row' },
      ...cells.map((cell, at) => {
        const label = { 'data-label': heads[at] };
        return at === 0
          ? h('th', { scope: 'row', role: 'rowheader', ...label }, cell)
          : h('td', { role: 'cell', ...label }, cell);
      }),
    ),
  );
  return h(
    'div',
    { class: 'scroll stacks', tabIndex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      { role: 'table' },
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...head)),
      h('tbody', { role: 'rowgroup' }, ...body),
    ),
  );
}

/** Something that whoever looks must read. */
export function notice(kind: 'problem' | 'done' | 'warning', ...content: ComponentChild[]): ComponentChild {
  return h('p', { class: `notice ${kind}`, role: kind === 'problem' ? 'alert' : 'status' }, ...content);
}

/** A point in time, as the machine writes it and as people read it; UTC, as the log has it. */
export function time(at: number | Date): ComponentChild {
  const iso = new Date(at).toISOString();
  return h('time', { dateTime: iso }, `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`);
}

/** Seconds as people read them. */
export function seconds(value: number | undefined): string {
  if (value === undefined) return '–';
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
}
