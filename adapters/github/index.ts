/** GitHub as a push target: an issue in a repository, on github.com or an Enterprise Server. */
import { defineAdapter, type PushAbility } from '../../src/contract/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { thingIn } from '../../src/kit/text/index.ts';
import { errorText } from './failures.ts';
import { openRepository } from './repository.ts';
import { pagesOf, type Settings, settings, versionOf } from './settings.ts';

const ISSUE_NUMBER = /^\d{1,15}$/;

const push: PushAbility = {
  // The issues are listed from the database, of which GitHub keeps copies; how soon they agree it promises nowhere.
  searchLagMs: 600_000,
  format: 'markdown',
  ...{ readsNotes: false, readsValues: [] },
  ids: ISSUE_NUMBER,
  fields: {
    labels: 'labels, with commas between them',
    assignees: 'user names, with commas between them; at most ten',
    milestone: 'the number of a milestone, as in its address',
    type: 'the issue type, in an organisation that has issue types',
  },
};

export default defineAdapter({
  name: 'github',
  title: 'GitHub',
  settings,
  finds: false,
  push,
  pushOf: (settings) => ({ ...push, linking: { thing: 'issue', idIn: (comment) => issueIn(comment, settings) } }),

  open(settings, { resolve, log }) {
    const http = createHttpClient({
      baseUrl: settings.url,
      system: 'GitHub',
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': versionOf(settings) },
      authorize: () => ({ authorization: `Bearer ${settings.token}` }),
      credentials: [settings.token],
      ...{ settings, resolve, log, errorText },
    });
    return openRepository(http, settings.repository, log);
  },
});

/** "#12", "GH-12", "example/website#12", or the issue's own page. */
function issueIn(comment: string, settings: Settings): string | undefined {
  const inPage = (rest: string) => /^\/issues\/(\d{1,15})(?![^/?])/.exec(rest)?.[1];
  const names = ['GitHub', 'GH', settings.repository];
  return thingIn(comment, { id: ISSUE_NUMBER, names, words: ['issue'], pages: pagesOf(settings), inPage });
}
