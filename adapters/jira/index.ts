/** Jira as a push target: an issue in a project, in Jira Cloud or in Jira Data Center. */
import {
  type CallContext,
  defineAdapter,
  type Log,
  type PushAbility,
  type PushFile,
  type PushRequest,
} from '../../src/contract/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { moreRows, NEWEST_COMMENTS, shortLine, thingIn, trimmedEnd } from '../../src/kit/text/index.ts';
import { errorText } from './failures.ts';
import { customFields } from './fields.ts';
import { findIssue } from './find.ts';
import { CUSTOM_FIELDS, commentRowsOf, detailsOf, FIELDS, isLabelCut, newIssue } from './issue.ts';
import { type Attachment, createJira, credentialsOf, type Jira } from './server.ts';
import { type Settings, searchLagOf, settings } from './settings.ts';
import { legalLine } from './text.ts';

const KEY = /^[A-Z][A-Z0-9_]*-\d+$/;

const push: PushAbility = {
  ...{ format: 'text', fields: FIELDS, otherFields: CUSTOM_FIELDS, files: true, readsNotes: false, readsValues: [] },
  ids: KEY,
};

export default defineAdapter({
  name: 'jira',
  title: 'Jira',
  settings,
  finds: false,
  titleOf: ({ edition }) => (edition === 'cloud' ? 'Jira Cloud' : 'Jira'),
  push,
  pushOf: (settings) => ({
    ...push,
    searchLagMs: searchLagOf(settings),
    linking: { thing: 'issue', idIn: (comment) => keyIn(comment, settings) },
  }),

  open(settings, { log, resolve }) {
    const { url, pages = url } = settings;
    const http = createHttpClient({
      baseUrl: url,
      system: 'Jira',
      headers: { accept: 'application/json' },
      authorize: () => ({ authorization: credentialsOf(settings) }),
      credentials: [credentialsOf(settings)],
      ...{ settings, resolve, log, errorText },
    });
    const jira = createJira(http, settings);
    const valuesOf = customFields(jira, settings);
    const receipt = (key: string) => ({ id: key, link: `${trimmedEnd(pages, '/')}/browse/${key}` });
    return {
      check: (context) => jira.check(context),
      async push(request, context) {
        const issue = await newIssue(request, settings, (given) => valuesOf(given, context));
        if (isLabelCut(request))
          log.warn({ reference: context.reference }, 'a label is longer than Jira takes, and was cut');
        const key = await jira.create(issue, context);
        await completeIssue(jira, key, request, [], context, log);
        return receipt(key);
      },
      async findPush(request, context) {
        const key = await findIssue(jira, settings, request, context);
        if (key === undefined) return undefined;
        // The attempt may have ended between the issue and what belongs to it.
        const present = request.files.length === 0 ? [] : await jira.attachments(key, context);
        await completeIssue(jira, key, request, present, context, log);
        return receipt(key);
      },
      async details(id, context) {
        const issue = await jira.read(id, context);
        if (issue === undefined) return undefined;
        const { rows, ...details } = detailsOf(issue, receipt(issue.key).link, pages);
        const read = async (limited: CallContext) => commentRowsOf(await jira.comments(issue.key, limited));
        return { ...details, rows: [...rows, ...(await moreRows(NEWEST_COMMENTS, read, context, log))] };
      },
      close: () => http.close(),
    };
  },
});

/**
 * Makes what belongs to an issue and is missing: the link back and the attachments. The issue is there, so a failure here
 * is no failure of the push: it is in the log.
 * @param present attachments that the issue has already
 */
async function completeIssue(
  jira: Jira,
  key: string,
  { link, title, files }: PushRequest,
  present: readonly Attachment[],
  context: CallContext,
  log: Log,
): Promise<void> {
  const attempt = async (what: string, make: () => Promise<void>) => {
    if (context.signal.aborted) return;
    try {
      await make();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      log.warn({ issue: key, problem, reference: context.reference }, `an issue is made, but ${what} is not`);
    }
  };
  if (link !== undefined) {
    await attempt('its link back', () => jira.linkBack(key, link, shortLine(legalLine(title), 255), context));
  }
  for (const file of files) {
    const { bytes } = file;
    const name = nameOf(file);
    if (bytes === undefined || present.some((one) => one.filename === name && one.size === bytes.byteLength)) continue;
    await attempt('an attachment', () => jira.attach(key, { ...file, name }, context));
  }
}

/** A name that is one: https://support.atlassian.com/jira-software-cloud/ names no more than 255 characters, and no folder. */
function nameOf({ name }: PushFile): string {
  return shortLine(legalLine(name).replace(/[/\\:*?"<>|]/g, '_'), 200) || 'attachment';
}

/** "HELP-12", "Jira HELP-12", "#HELP-12", or the issue's own page. */
function keyIn(comment: string, { url, pages = url }: Settings): string | undefined {
  const inPage = (rest: string) => /^\/browse\/([A-Z][A-Z0-9_]*-\d+)(?![^/?])/.exec(rest)?.[1];
  return thingIn(comment, { id: KEY, names: ['Jira'], words: ['issue'], plain: KEY, pages, inPage });
}
