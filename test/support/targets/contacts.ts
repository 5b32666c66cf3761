/** Where requests are left with people. */
import { onTestFinished } from 'vitest';
import { startHighrise } from '../highrise/server.ts';
import { REFUSED, type TargetRow, webSystem } from './row.ts';

const highrise: TargetRow = {
  name: 'Highrise',
  adapter: 'highrise',
  async start() {
    const { http, settings, made, account } = await startHighrise();
    onTestFinished(() => http.close());
    return {
      ...webSystem(http, settings, 4),
      made: () =>
        made.map(({ body, personId }) => {
          const [title = '', ...text] = body.split('\n');
          const people = account.people.map(({ id, firstName, lastName, emails, companyId }) => {
            const company = companyId === undefined ? undefined : account.companies.get(companyId);
            return { name: `${firstName} ${lastName}`, emails, company, noted: id === personId };
          });
          return { title, text: text.join('\n'), also: people, raw: body };
        }),
    };
  },
  push: { fields: { company: 'Smith & Sons <Ltd>', tags: 'helpspot' } },
  also: [
    {
      name: 'Bob Jones',
      emails: [{ value: 'bobjones@gmail.com', location: 'Work' }],
      company: 'Smith & Sons <Ltd>',
      noted: true,
    },
  ],
  details: {
    texts: ['Person Bob Jones', 'Company Smith & Sons <Ltd>', 'Email bobjones@gmail.com', 'Tags helpspot', 'Last note'],
    link: /^http:\/\/127\.0\.0\.1:\d+\/people\/\d+$/,
  },
  refusals: {
    Token: { source: { token: 'a-token-of-nobody' }, words: REFUSED.credentials },
    Visibility: { push: { fields: { visible_to: 'Nobody' } }, words: REFUSED.content },
    Group: { push: { fields: { group: '99' } }, words: REFUSED.content },
  },
  lost: 'found',
};

/** Every row. */
export const CONTACTS: readonly TargetRow[] = [highrise];
