/**
 * A page of a help desk that writes the values of an answer as HelpSpot does: as HTML, unescaped. It knows what has
 * run in it, and what has become of everything that is not a value.
 */
import type { Page } from 'playwright-core';
import * as z from 'zod';

const ADDRESS = 'https://helpdesk.example/admin.php?pg=request&reqid=12';

/** Calls `hit()` when it runs; the number says which one it was. */
const HEAD = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Request 12</title>
<link rel="icon" href="data:,">
<style>body { margin: 0; font: 14px sans-serif } #pane { width: 300px } #lookup { width: 100% }</style>
<script>
const ran = [];
const hit = (which) => void ran.push(which);
const values = () => [...document.querySelectorAll('.value')];
const outside = () => [...document.querySelectorAll('*')]
  .filter((element) => element.closest('.value') === null || element.matches('.value'))
  .map((element) => [element.tagName, element.id, element.getAttribute('data-name') ?? '',
    element.matches('.value, script, style') ? '' : [...element.childNodes].filter((node) => node.nodeType !== 1)
      .map((node) => node.data.trim()).join('')].join(' '));
const covered = () => [...document.querySelectorAll('#save, #subject, #note, #send, tr:nth-child(20n) > .label')].filter((element) => {
  element.scrollIntoView({ block: 'center' });
  const { left, top, width, height } = element.getBoundingClientRect();
  return document.elementFromPoint(left + width / 2, top + height / 2) !== element;
}).map((element) => element.id || element.textContent);
const moved = () => values().flatMap((value) => [...value.querySelectorAll('*')])
  .filter((element) => getComputedStyle(element).position !== 'static').map((element) => element.outerHTML);
// A link to elsewhere opens beside; any other does what it does.
document.addEventListener('click', (event) => {
  if (/^(?:https?|mailto|tel):/.test(event.target.closest('a')?.href ?? '')) event.preventDefault();
});
const touched = async () => {
  for (const element of values().flatMap((value) => [...value.querySelectorAll('*')])) {
    for (const type of ['mouseover', 'mouseenter', 'focus', 'keydown', 'toggle', 'load', 'error']) {
      element.dispatchEvent(new Event(type, { bubbles: type === 'mouseover' }));
    }
    element.click?.();
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
};
const told = async () => {
  await touched();
  return { ran, outside: outside(), covered: covered(), moved: moved() };
};
const valueOf = (name) => values().find((value) => value.dataset.name === name);
const colourOf = (name) => getComputedStyle(valueOf(name).querySelector('strong')).color;
const rangeOf = (node, from, to) => {
  const range = document.createRange();
  range.setStart(node, from);
  range.setEnd(node, to);
  return range;
};
// On how many lines the first cell of a table stands.
const linesOf = (name) => {
  const cell = valueOf(name).querySelector('tbody td');
  return new Set(Array.from(rangeOf(cell, 0, cell.childNodes.length).getClientRects(), ({ top }) => top)).size;
};
// Of each text with this word in it: whether the word is read from the left.
const fromLeft = (name, word) => {
  const found = [];
  const texts = document.createTreeWalker(valueOf(name), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const at = node.data.indexOf(word);
    const left = (from) => rangeOf(node, from, from + 1).getBoundingClientRect().left;
    if (at !== -1) found.push(left(at) < left(at + word.length - 1));
  }
  return found;
};
const written = (html) => { document.querySelector('#lookup tbody').innerHTML = html; return told(); };
</script></head><body>
<div id="top"><button id="save">Save</button><input id="subject" value="The printer"></div>
<div id="pane"><table id="lookup"><tbody>`;
const FOOT = `</tbody></table></div>
<div id="bottom"><textarea id="note">Dear Bob</textarea><button id="send">Send</button></div></body></html>`;

const told = z.object({
  ran: z.array(z.number()),
  outside: z.array(z.string()),
  covered: z.array(z.string()),
  moved: z.array(z.string()),
});

/** What has become of a page. */
export interface Told extends z.infer<typeof told> {
  /** Addresses that were asked for, windows that opened, dialogs: there should be none. */
  readonly calls: readonly string[];
}

/** Elements of one customer as HelpSpot reads them: name → HTML. */
export type Values = Readonly<Record<string, string>>;

function rowsOf(values: Values): string {
  return Object.entries(values)
    .map(([name, html]) => `<tr><td class="label">${name}</td><td class="value" data-name="${name}">${html}</td></tr>`)
    .join('');
}

/** Opens the page with the values in it. What it asks for goes nowhere, and is in the list that comes back. */
export async function openStaffPage(page: Page, values: Values): Promise<string[]> {
  const calls: string[] = [];
  const context = page.context();
  await context.unrouteAll();
  let isFirst = true;
  await context.route('**/*', (route) => {
    if (isFirst && route.request().url() === ADDRESS) {
      isFirst = false;
      return route.fulfill({ contentType: 'text/html; charset=utf-8', body: HEAD + rowsOf(values) + FOOT });
    }
    calls.push(route.request().url());
    return route.abort();
  });
  page.removeAllListeners('dialog');
  page.on('dialog', (dialog) => {
    calls.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.removeAllListeners('page');
  context.on('page', (other) => void calls.push(`window: ${other.url()}`));
  await page.goto(ADDRESS, { waitUntil: 'load' });
  return calls;
}

/** Opens the page, touches everything in the values, and says what came of it. */
export async function staffPageWith(page: Page, values: Values): Promise<Told> {
  const calls = await openStaffPage(page, values);
  return { ...told.parse(await page.evaluate('told()')), calls };
}

/** The same of a page into which a script writes the values. */
export async function staffPageFilled(page: Page, values: Values): Promise<Told> {
  const calls = await openStaffPage(page, {});
  return { ...told.parse(await page.evaluate(`written(${JSON.stringify(rowsOf(values))})`)), calls };
}
