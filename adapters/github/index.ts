/** GitHub as a push target: an issue in a repository, on github.com or an Enterprise Server. */
import { defineAdapter } from '../../src/contract/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { errorText } from './failures.ts';
import { detailsOf, newIssue } from './issue.ts';
import { Repository } from './repository.ts';
import { settings, versionOf } from './settings.ts';

export default defineAdapter({
  name: 'github',
  title: 'GitHub',
  settings,
  finds: false,
  push: {
    format: 'markdown',
    readsNotes: false,
    fields: {
      labels: 'labels, with commas between them',
      assignees: 'user names, with commas between them; at most ten',
      milestone: 'the number of a milestone, as in its address',
      type: 'the issue type, in an organisation that has issue types',
    },
  },

  open(settings, services) {
    const http = createHttpClient({
      baseUrl: settings.url,
      system: 'GitHub',
      headers: {
        accept: 'application/vnd.github+json',
        'x-github-api-version': versionOf(settings),
      },
      authorize: () => ({ authorization: `Bearer ${settings.token}` }),
      settings,
      resolve: services.resolve,
      log: services.log,
      errorText,
    });
    const repository = new Repository(http, settings);
    return {
      check: (context) => repository.check(context),
      async push(request, context) {
        const wanted = newIssue(request);
        const issue = await repository.create(wanted, context);
        const dropped = [
          ...(wanted.labels ?? []).filter((name) => !has(issue.labels, name)),
          ...(wanted.assignees ?? []).filter((name) => !has(issue.assignees, name)),
        ].length;
        if (dropped > 0) {
          const fields = { dropped, issue: issue.number, reference: context.reference };
          services.log.warn(fields, 'GitHub left out labels or assignees: the token needs write access for them');
        }
        return { id: String(issue.number), link: issue.html_url };
      },
      async findPush(request, context) {
        const issue = await repository.find(request.reference, context);
        return issue === undefined ? undefined : { id: String(issue.number), link: issue.html_url };
      },
      async details(id, context) {
        const issue = await repository.read(id, context);
        return issue === undefined ? undefined : detailsOf(issue);
      },
      close: () => http.close(),
    };
  },
});

/** GitHub's names have no case. */
function has(names: readonly string[], name: string): boolean {
  return names.some((one) => one.toLowerCase() === name.toLowerCase());
}
