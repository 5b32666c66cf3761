/** Jira as a push target: an issue in a project, in Jira Cloud or in Jira Data Center. */
import { defineAdapter } from '../../src/contract/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { trimmedEnd } from '../../src/kit/text/index.ts';
import { completeIssue } from './complete.ts';
import { errorText } from './failures.ts';
import { CustomFields } from './fields.ts';
import { Finder } from './find.ts';
import { CUSTOM_FIELDS, detailsOf, FIELDS, newIssue } from './issue.ts';
import { credentialsOf, Jira } from './server.ts';
import { settings } from './settings.ts';

export default defineAdapter({
  name: 'jira',
  title: 'Jira',
  settings,
  finds: false,
  titleOf: ({ edition }) => (edition === 'cloud' ? 'Jira Cloud' : 'Jira'),
  push: { format: 'text', fields: FIELDS, otherFields: CUSTOM_FIELDS, files: true, readsNotes: false },

  open(settings, services) {
    const { url, pages = url } = settings;
    const http = createHttpClient({
      baseUrl: url,
      system: 'Jira',
      headers: { accept: 'application/json' },
      authorize: () => ({ authorization: credentialsOf(settings) }),
      settings,
      resolve: services.resolve,
      log: services.log,
      errorText,
    });
    const jira = new Jira(http, settings);
    const fields = new CustomFields(jira, settings);
    const finder = new Finder(jira, settings);
    const receipt = (key: string) => ({ id: key, link: `${trimmedEnd(pages, '/')}/browse/${key}` });
    return {
      check: (context) => jira.check(context),
      async push(request, context) {
        const issue = await newIssue(request, settings, (given) => fields.valuesOf(given, context));
        finder.begins(request.reference);
        const { key } = await jira.create(issue, context);
        await completeIssue(jira, key, request, [], context, services.log);
        return receipt(key);
      },
      async findPush(request, context) {
        const key = await finder.find(request.reference, context);
        if (key === undefined) return undefined;
        // The attempt may have ended between the issue and what belongs to it.
        const present = request.files.length === 0 ? [] : await jira.attachments(key, context);
        await completeIssue(jira, key, request, present, context, services.log);
        return receipt(key);
      },
      async details(id, context) {
        const issue = await jira.read(id, context);
        return issue === undefined ? undefined : detailsOf(issue, receipt(issue.key).link);
      },
      close: () => http.close(),
    };
  },
});
