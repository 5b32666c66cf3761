/** How a request that was pushed stands. */
import type { Details } from '../../src/contract/index.ts';
import { ownValue } from '../../src/contract/index.ts';
import { commentRows, fileRows, roughText, shortLine } from '../../src/kit/text/index.ts';
import type { Data } from '../../src/kit/web/index.ts';
import { textAt } from './answer.ts';
import { type Naming, notesOf, numberOf, pageOf, requestRecord, writerOf } from './request.ts';
import { formed, itemsAt } from './values.ts';

/** Of a note that is shown as a line: a mail may quote a hundred others. */
const LONGEST_READ = 20_000;
const LONGEST_TITLE = 254;

/** @param asked the number that was asked for: another one than that of the request where it was merged into it */
export function detailsOf(request: Data, asked: string, naming: Naming, url: string): Details {
  const id = numberOf(request) ?? asked;
  const record = requestRecord(request, { naming, url, withHistory: false });
  const value = (name: string) => ownValue(record, name);
  const notes = notesOf(request);
  const title = shortLine(textAt(request, 'sTitle') ?? '', LONGEST_TITLE);
  return {
    title: `#${id}${title === '' ? '' : ` ${title}`}`,
    link: pageOf(url, id).href,
    rows: [
      { label: 'Merged', value: id === asked ? undefined : `request ${asked} was merged into this one` },
      { label: 'Open', value: value('fOpen') },
      { label: 'Status', value: value('fTrash') === true ? 'In the trash' : value('status') },
      { label: 'Category', value: value('category') },
      { label: 'Assigned to', value: value('assigned_to') ?? 'nobody' },
      { label: 'Urgent', value: value('fUrgent') === true ? true : undefined },
      { label: 'Opened', value: value('dtGMTOpened') },
      { label: 'Closed', value: value('dtGMTClosed') },
      ...fileRows(notes.flatMap(filesOf)),
      ...commentRows(
        notes.map((note) => {
          const at = formed(textAt(note, 'dtGMTChange'), 'moment');
          const text = roughText((textAt(note, 'tNote') ?? '').slice(0, LONGEST_READ));
          return { author: writerOf(note, request, naming), at: at instanceof Date ? at : undefined, text };
        }),
      ),
    ],
  };
}

function filesOf(note: Data) {
  return itemsAt(note, 'files', 'file').flatMap((file) => {
    const name = textAt(file, 'sFilename');
    return name === undefined ? [] : [{ name, href: textAt(file, 'private_url') }];
  });
}
