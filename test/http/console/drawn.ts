/** Pages of the console as they are drawn: without a server, for somebody with a role, at a fixed time. */
import type { Gateway } from '../../../src/gateway/gateway.ts';
import type { ConsoleRole } from '../../../src/gateway/plan.ts';
import { Statistics } from '../../../src/gateway/statistics.ts';
import { written } from '../../../src/http/console/page.ts';
import { pages } from '../../../src/http/console/pages/index.ts';
import { textsFor } from '../../../src/http/console/texts/index.ts';
import type { View, Visit } from '../../../src/http/console/visit.ts';
import type { FormFields } from './visitor.ts';

/** At this time, pages are drawn. */
export const NOW = Date.parse('2026-03-04T12:30:00Z');

/** How a page is asked for. */
interface Drawing {
  readonly role?: ConsoleRole;
  readonly language?: 'en' | 'de';
  /** A form that is sent to it. */
  readonly form?: FormFields;
}

/** Draws pages of a gateway. */
export function painter(gateway: Gateway) {
  const statistics = new Statistics(gateway.events, () => true);
  const visitOf = (path: string, { role = 'administrator', language = 'en', form = [] }: Drawing): Visit => {
    const [names = '', query] = path.split('?', 2);
    return {
      ...{ gateway, statistics, user: { name: 'anna', role }, csrf: 'CSRF', outside: 'https://gateway.example' },
      texts: textsFor(language, undefined),
      rest: names.split('/').slice(1),
      query: new URLSearchParams(query),
      form: new URLSearchParams([...(Symbol.iterator in form ? form : Object.entries(form))].map((one) => [...one])),
      signal: AbortSignal.timeout(60_000),
    };
  };
  return {
    visitOf,
    /** What comes of a visit, a line for each element; what is another at each call has the same name. */
    async draw(path: string, drawing: Drawing = {}): Promise<string> {
      const visit = visitOf(path, drawing);
      const [name, first = ''] = (path.split('?', 1)[0] ?? '').split('/');
      const page = pages.find((one) => one.path === name);
      if (page === undefined) throw new Error(`there is no page ${name}`);
      const action = drawing.form === undefined ? undefined : page.actions?.[first];
      const view = await (action === undefined ? page.show(visit) : action.perform(visit));
      return inLines(view, visit, page.heading(visit.texts));
    },
  };
}

function inLines(view: View, { texts }: Visit, heading: string): string {
  if ('redirect' in view) return `redirect ${view.redirect}`;
  if ('download' in view) return `${view.download.name}: ${view.download.contentType}\n${steady(view.download.body)}`;
  const page = written({ texts, heading: view.heading ?? heading, content: view.content });
  const [, main = ''] = /<main[^>]*>(.*)<\/main>/s.exec(page) ?? [];
  return `${view.status ?? 200}\n${lines(main)}`;
}

/** What begins a line; the cells of a row stand on one. */
const BLOCKS =
  /(?<=>)(?=<(?:\/?(?:div|dl|section|form|thead|tbody|ul|figure|fieldset|details|header|main|select|body)|p|h\d|dt|tr|li|option|iframe|pre|legend|summary|input|rect|svg|figcaption)\b)/g;

/** HTML in lines. */
export function lines(html: string): string {
  return steady(html.replace(BLOCKS, '\n'));
}

/** References, durations, and when a gateway was seen. */
function steady(text: string): string {
  return (
    text
      .replace(/(\bref |log: )[0-9a-f]{6}\b/g, '$1REFERENCE')
      .replace(/\b\d+ ms\b/g, 'N ms')
      // When it last said that it is there, it says at times of its own.
      .replace(/(help \(77\).*<td>).*?(<\/td><td>\d+<\/td><\/tr>)/g, '$1SEEN$2')
      .replace(/,[0-9a-f]{6},(\w*),(http|console),\d+,/g, ',REFERENCE,$1,$2,N,')
      .replace(/<code>[0-9a-f]{6}<\/code>/g, '<code>REFERENCE</code>')
  );
}
