/** From one page to the next. */
import { SourceError, type Value } from '../../src/contract/index.ts';
import type { HttpAnswer } from '../../src/kit/http/index.ts';
import { outsideAddress } from '../../src/kit/text/index.ts';
import { type FilledRequest, linkTo, textFrom } from '../../src/kit/web/index.ts';
import type { Paging } from './paging-settings.ts';

/** A page that was read. */
export interface Page {
  readonly answer: HttpAnswer;
  /** What the answer has at {@link Pages.paths}. */
  readonly values: Readonly<Record<string, Value | undefined>>;
  /** How many records it has. */
  readonly count: number;
}

/** The requests of one list, one after the other. */
export class Pages {
  readonly #paging: Paging | undefined;
  readonly #first: FilledRequest;
  readonly #seen = new Set<string>();
  /** The number of the page, or of its first record. */
  #number: number;
  #lastText: string | undefined;

  constructor(paging: Paging | undefined, request: FilledRequest) {
    this.#paging = paging;
    this.#first = request;
    this.#number = paging?.by === 'page' ? paging.first : 0;
  }

  /** How many pages may be read. */
  get most(): number {
    return this.#paging?.pages ?? 1;
  }

  /** What must be known of a page for the request after it: name → path. */
  get paths(): { readonly next?: string; readonly cursor?: string; readonly more?: string | undefined } {
    const paging = this.#paging;
    if (paging === undefined || paging.by === 'link') return {};
    if (paging.by === 'next') return { next: paging.next };
    return paging.by === 'cursor' ? { cursor: paging.cursor, more: paging.more } : { more: paging.more };
  }

  /** Whether the request of a page is made by counting: then there need be no such page. */
  get areCounted(): boolean {
    return this.#paging?.by === 'page' || this.#paging?.by === 'offset';
  }

  first(): FilledRequest {
    const paging = this.#paging;
    const sized = paging === undefined ? this.#first : withSize(this.#first, paging);
    if (paging?.by === 'page') return withParameter(sized, paging, paging.first);
    return paging?.by === 'offset' ? withParameter(sized, paging, 0) : sized;
  }

  /**
   * The request after this page; undefined when it was the last.
   * @throws {SourceError} `bad-response` when the pages go round in circles
   */
  after(page: Page): FilledRequest | undefined {
    const place = this.placeAfter(page);
    return place === undefined ? undefined : this.at(place);
  }

  /** What tells the page after this one from others: a number, a cursor or an address; undefined when this was the last. */
  placeAfter(page: Page): string | number | undefined {
    const paging = this.#paging;
    if (paging === undefined) return undefined;
    if (paging.by === 'link') return this.#address(linkTo('next', page.answer.header('link')));
    if (paging.by === 'next') return this.#address(textFrom(page.values['next']));
    if (this.#isLast(paging, page)) return undefined;
    if (paging.by === 'page') return this.#number + 1;
    return paging.by === 'offset' ? this.#number + page.count : this.#cursor(page);
  }

  /** The request for the page at a {@link placeAfter}. */
  at(place: string | number): FilledRequest {
    const paging = this.#paging;
    if (paging === undefined) return this.#first;
    if (paging.by === 'link' || paging.by === 'next') return { ...this.#first, path: String(place), query: {} };
    if (paging.by !== 'cursor') this.#number = Number(place);
    return withParameter(withSize(this.#first, paging), paging, place);
  }

  #isLast(paging: Exclude<Paging, { by: 'link' | 'next' }>, { answer, values, count }: Page): boolean {
    if (count === 0) return true;
    if (paging.by !== 'cursor' && paging.size !== undefined && count < paging.size) return true;
    // A system that does not know the parameter gives the same page for ever.
    const isSame = paging.by !== 'cursor' && answer.text === this.#lastText;
    this.#lastText = answer.text;
    return isSame || (paging.more !== undefined && !/^(?:true|1|yes)$/i.test(textFrom(values['more']) ?? ''));
  }

  #cursor({ values }: Page): string | number | undefined {
    const found = values['cursor'];
    const text = textFrom(found);
    if (text === undefined) return undefined;
    this.#refuseCircle(text);
    return typeof found === 'number' ? found : text;
  }

  /** Relative to where the list is. What is elsewhere, the client refuses. */
  #address(target: string | undefined): string | undefined {
    if (target === undefined) return undefined;
    const href = outsideAddress(target, this.#first.path)?.href;
    if (href === undefined) throw new SourceError('bad-response', 'the address of the next page is none');
    this.#refuseCircle(href);
    return href;
  }

  #refuseCircle(next: string): void {
    if (this.#seen.has(next)) throw new SourceError('bad-response', 'the pages of the list go round in circles');
    this.#seen.add(next);
  }
}

function withSize(request: FilledRequest, paging: Paging): FilledRequest {
  const { size, sizeParameter } = paging;
  if (size === undefined || sizeParameter === undefined) return request;
  return withParameter(request, { parameter: sizeParameter, in: 'in' in paging ? paging.in : 'query' }, size);
}

function withParameter(
  request: FilledRequest,
  { parameter, in: place }: { readonly parameter: string; readonly in: 'query' | 'json' },
  value: string | number,
): FilledRequest {
  if (place === 'query') return { ...request, query: { ...request.query, [parameter]: [String(value)] } };
  const { type, text } = request.body ?? { type: 'application/json', text: '{}' };
  const changed = withValueAt(parameter.split('.'), JSON.parse(text), value);
  return { ...request, body: { type, text: JSON.stringify(changed) } };
}

function withValueAt([step, ...rest]: readonly string[], within: unknown, value: string | number): unknown {
  if (step === undefined) return value;
  const object = typeof within === 'object' && within !== null && !Array.isArray(within) ? within : {};
  return { ...object, [step]: withValueAt(rest, Reflect.get(object, step), value) };
}
