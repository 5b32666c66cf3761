/** The public methods for knowledge books (manual, chapter 4.4). Forums and votes are left out: they are a 201. */
import { element, field, fields, list, type Part } from './answer.ts';
import type { Call, Methods } from './call.ts';
import type { HelpSpotData, KnowledgeBook, KnowledgePage } from './data.ts';
import { refused } from './failures.ts';
import { numberOf, textOf } from './parameters.ts';

/** See the file. */
export const KNOWLEDGE: Methods<Call> = {
  'kb.list': {
    http: 'GET',
    answer: ({ house }) => ({ root: 'books', content: [list('book', publicBooks(house.data).map(bookFields))] }),
  },

  'kb.get': {
    http: 'GET',
    required: ['xBook'],
    answer: (call) => ({ root: 'book', content: bookFields(bookOf(call)) }),
  },

  'kb.getBookTOC': {
    http: 'GET',
    required: ['xBook'],
    answer(call) {
      const withHtml = textOf(call.parameters, 'fWithPageHTML') === '1';
      const chapters = bookOf(call).chapters.map(({ xChapter, sChapterName, iOrder, fAppendix, pages }) => [
        ...fields({ name: `${iOrder}. ${sChapterName}`, xChapter, sChapterName, iOrder, fAppendix }),
        element('pages', [
          list(
            'page',
            pages.map((page) => pageParts(page, iOrder, withHtml)),
          ),
        ]),
      ]);
      return { root: 'toc', content: [list('chapter', chapters)] };
    },
  },

  'kb.getPage': {
    http: 'GET',
    required: ['xPage'],
    answer({ house, parameters }) {
      const xPage = numberOf(parameters, 'xPage');
      const placed = publicPages(house.data).find(({ page }) => page.xPage === xPage);
      // No error of the table fits a page or a book that is not there.
      if (placed === undefined) throw refused(101, 'xPage');
      return { root: 'page', content: pageParts(placed.page, placed.chapterOrder, true) };
    },
  },

  'kb.search': {
    http: 'GET',
    required: ['q'],
    answer({ house, parameters }) {
      const words = textOf(parameters, 'q').toLowerCase().split(/\s+/);
      const found = publicPages(house.data).filter(({ page }) => {
        const text = `${page.sPageName} ${page.tPage} ${page.tags.join(' ')}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
      const contents = found.map(({ page: { xPage, sPageName, tPage }, sBookName }) =>
        fields({ link: `?pg=kb.page&id=${xPage}`, desc: plain(tPage), sBookName, sPageName, xPage }),
      );
      return { root: 'pages', content: [list('page', contents)] };
    },
  },
};

function publicBooks({ books }: HelpSpotData): readonly KnowledgeBook[] {
  return books.filter(({ fPrivate }) => !fPrivate);
}

function publicPages(data: HelpSpotData) {
  return publicBooks(data).flatMap(({ sBookName, chapters }) =>
    chapters.flatMap(({ pages, iOrder }) => pages.map((page) => ({ page, sBookName, chapterOrder: iOrder }))),
  );
}

function bookOf({ house, parameters }: Call): KnowledgeBook {
  const xBook = numberOf(parameters, 'xBook');
  const book = publicBooks(house.data).find((one) => one.xBook === xBook);
  if (book === undefined) throw refused(101, 'xBook');
  return book;
}

function bookFields({ xBook, sBookName, iOrder, tDescription }: KnowledgeBook): readonly Part[] {
  return fields({ xBook, sBookName, iOrder, tDescription });
}

function pageParts(page: KnowledgePage, chapterOrder: number, withHtml: boolean): readonly Part[] {
  const { xPage, xChapter, sPageName, tPage, iOrder, fHighlight, tags } = page;
  return [
    ...fields({ name: `${chapterOrder}.${iOrder}. ${sPageName}`, xPage, xChapter, sPageName }),
    ...(withHtml ? [field('tPage', tPage)] : []),
    ...fields({ iOrder, fHighlight }),
    element('tags', [list('tag', tags)]),
  ];
}

function plain(html: string): string {
  return html.replace(/<[^<>]{0,100}>/g, '').trim();
}
