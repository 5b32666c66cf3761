/** A person as staff see them in HelpSpot. */
import type { CallContext, Details } from '../../src/contract/index.ts';
import type { People } from './people.ts';
import { idOf } from './person.ts';
import { fullName, personAddress } from './record.ts';
import { cutText } from './text.ts';

const LONGEST_NOTE = 1_000;

/** The details of a person; undefined when there is none of this id. @throws {SourceError} */
export async function personDetails(
  id: string,
  people: People,
  url: string,
  context: CallContext,
): Promise<Details | undefined> {
  const given = idOf(id) === undefined ? undefined : await people.one(id, context);
  if (given === undefined) return undefined;
  const [person, note] = await Promise.all([people.withCompany(given, context), people.newestNote(id, context)]);
  const link = personAddress(url, id);
  const title = fullName(person) ?? person.emails[0] ?? `Person ${id}`;
  return {
    title,
    link,
    rows: [
      { label: 'Person', value: { href: link, text: title } },
      { label: 'Title', value: person.title },
      { label: 'Company', value: companyOf(person.company, person.companyId, url) },
      { label: 'Background', value: person.background },
      { label: 'Email', value: someOf(person.emails) },
      { label: 'Phone', value: someOf(person.phones) },
      { label: 'Tags', value: someOf(person.tags) },
      {
        label: 'Last note',
        value: note === undefined ? undefined : cutText(note.body.trim(), LONGEST_NOTE) || undefined,
      },
      { label: 'Noted', value: note?.created },
    ],
  };
}

function companyOf(name: string | undefined, id: string | undefined, url: string) {
  return name === undefined || id === undefined ? name : { href: `${url}/companies/${id}`, text: name };
}

function someOf(items: readonly string[]): readonly string[] | undefined {
  return items.length === 0 ? undefined : items;
}
