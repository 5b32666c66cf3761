/** What was written at a case, and the files that came with it, as staff see them in HelpSpot. */
import type { CallContext, DetailsRow } from '../../src/contract/index.ts';
import { commentRows, dateIn, fileRows, outsideAddress, unescapeHtml } from '../../src/kit/text/index.ts';
import type { CaseEvent } from './commands.ts';
import type { Session } from './session.ts';

/** The label of the row that says that there is nothing to be read. */
export const HISTORY = 'Comments and attachments';

/**
 * "Listing and viewing cases": the column `events`.
 * @param url of FogBugz, without a slash at the end
 * @throws {SourceError}
 */
export async function historyRows(
  session: Session,
  id: string,
  url: string,
  { signal }: CallContext,
): Promise<readonly DetailsRow[]> {
  const params = { q: id, cols: ['events'], max: '1' };
  const { cases } = await session.call({ cmd: 'search', params, reads: true }, signal);
  return eventRows(cases.find((one) => one.id === id)?.events ?? [], url);
}

/** The first event is the opening of the case with the request's own text, which staff have before them. */
function eventRows(events: readonly CaseEvent[], url: string): readonly DetailsRow[] {
  const [, ...later] = events.toSorted((one, other) => Number(one.at > other.at) - Number(one.at < other.at));
  return [
    ...commentRows(later.map(({ person, at, text }) => ({ author: person, at: dateIn(at), text }))),
    ...fileRows(
      events.flatMap(({ files }) => files).map((file) => ({ name: file.name, href: addressOf(file.url, url) })),
    ),
  ];
}

/** `default.asp?pg=pgDownload&pgType=pgFile&ixBugEvent=…`: staff open it signed in, and never with the gateway's token. */
function addressOf(given: string, url: string): string | undefined {
  if (given === '') return undefined;
  // The API writes addresses as they stand in HTML.
  const address = outsideAddress(unescapeHtml(given), `${url}/`);
  address?.searchParams.delete('token');
  return address?.href;
}
