/** FogBugz (Manuscript) as a push target: a request becomes a case. */
import {
  type CallContext,
  defineAdapter,
  type PushAbility,
  type PushReceipt,
  SourceError,
} from '../../src/contract/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { moreRows, thingIn, trimmedEnd } from '../../src/kit/text/index.ts';
import { detailsColumns, detailsOf, FIELDS, isElsewhere, newCase } from './case.ts';
import { CASE_NUMBER, type FogBugzCase } from './commands.ts';
import { HISTORY, historyRows } from './events.ts';
import { Refusal, unexpected } from './failures.ts';
import { createJsonWire } from './json-wire.ts';
import { createSession, type Session } from './session.ts';
import { type Settings, settings } from './settings.ts';
import { createXmlWire } from './xml-wire.ts';

const push: PushAbility = { format: 'text', fields: FIELDS, files: true, ids: CASE_NUMBER };
/** How soon the full-text search knows a new case is documented nowhere. */
const SEARCH_LAG_MS = 600_000;

export default defineAdapter({
  name: 'fogbugz',
  title: 'FogBugz',
  settings,
  finds: false,
  push,
  pushOf: (settings) => ({
    ...push,
    ...(settings.reference === 'tag' && { searchLagMs: SEARCH_LAG_MS }),
    linking: { thing: 'case', idIn: (comment) => caseIn(comment, settings) },
  }),

  open(settings, { log, resolve }) {
    const url = trimmedEnd(settings.url, '/?#');
    // What is secret is sent in bodies.
    const secrets = () => session.secrets();
    const { token, email = '', password = '' } = settings;
    const credentials = token === undefined ? [email, password] : [token];
    const client = createHttpClient({ baseUrl: url, system: 'FogBugz', settings, resolve, log, secrets, credentials });
    const xml = createXmlWire(client, url);
    const session = createSession(settings.api === 'json' ? createJsonWire(client, xml) : xml, settings);
    const linkTo = (id: string) => `${url}/${settings.api === 'json' ? 'f/cases/' : 'default.asp?'}${id}`;
    const receiptOf = ({ id }: FogBugzCase): PushReceipt => ({ id, link: linkTo(id) });

    return {
      // "listProjects": with fWrite, those that the account may write to.
      async check({ signal }) {
        const { projects } = await session.call({ cmd: 'listProjects', params: { fWrite: '1' }, reads: true }, signal);
        if (projects === undefined) throw unexpected('listProjects', 'without a list of projects');
        if (projects > 0) return;
        throw new SourceError('unauthorized', 'FogBugz lets the account of the source write to no project', {
          remedy: 'give the account the permission to modify the project that the cases are for',
        });
      },

      async push(request, { signal }) {
        const [made] = (await session.call(newCase(request, settings), signal)).cases;
        if (made === undefined) throw unexpected('new', 'without a case');
        if (isElsewhere(made, request)) {
          const problem = 'the one that was asked for is unknown or not writable';
          log.warn(
            { case: made.id, reference: request.reference },
            `FogBugz put a case into another project: ${problem}`,
          );
        }
        return receiptOf(made);
      },

      async findPush({ reference }, context) {
        const found = await (settings.reference === 'scout' ? byDescription : byTag)(session, reference, context);
        return found === undefined ? undefined : receiptOf(found);
      },

      // "Listing and viewing cases": a number as the query is that case.
      async details(id, context) {
        const { signal } = context;
        const params = { q: id, cols: detailsColumns(settings.show), max: '1' };
        const { cases } = await session.call({ cmd: 'search', params, reads: true }, signal);
        const found = cases.find((one) => one.id === id);
        if (found === undefined) return undefined;
        const { rows, ...details } = detailsOf(found, linkTo(id), settings.show);
        // The whole history of a case may be large, and is another question for that.
        const more = await moreRows(HISTORY, (limited) => historyRows(session, id, url, limited), context, log);
        return { ...details, rows: [...rows, ...more] };
      },

      async close() {
        await session.close();
        await client.close();
      },
    };
  },
});

/**
 * "BugzScout": `listScoutCase` looks for the exact description in the database, not in the index of the full-text search,
 * and so knows of a case at once.
 */
async function byDescription(session: Session, reference: string, { signal }: CallContext) {
  try {
    const params = { sScoutDescription: reference };
    const { cases } = await session.call({ cmd: 'listScoutCase', params, reads: true }, signal);
    return cases.find(({ columns }) => (columns['sScoutDescription'] ?? reference) === reference);
  } catch (error) {
    if (error instanceof Refusal && error.isNoSuchCase) return undefined;
    throw error;
  }
}

/** The search of FogBugz 7 and later knows tags; what it finds is looked at, for it takes similar words too. */
async function byTag(session: Session, reference: string, { signal }: CallContext) {
  const params = { q: `tag:"${reference}"`, cols: ['sTitle', 'tags'], max: '10' };
  const { cases } = await session.call({ cmd: 'search', params, reads: true }, signal);
  return cases.find(({ tags }) => tags.includes(reference));
}

/** "FB 1234", "#1234", or the case's own page in either of the two forms. */
function caseIn(comment: string, { url }: Pick<Settings, 'url'>): string | undefined {
  const inPage = (rest: string) => /^\/(?:f\/cases\/|default\.(?:asp|php)\?|\?)(\d{1,10})(?![^/?&#])/.exec(rest)?.[1];
  return thingIn(comment, { id: CASE_NUMBER, names: ['FogBugz', 'FB'], words: ['case', 'bug'], pages: url, inPage });
}
