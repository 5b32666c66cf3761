/** GitHub as a push target: an issue in a repository, on github.com or an Enterprise Server. */
import { defineAdapter } from '../../src/contract/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { errorText } from './failures.ts';
import { openRepository } from './repository.ts';
import { settings, versionOf } from './settings.ts';

export default defineAdapter({
  name: 'github',
  title: 'GitHub',
  settings,
  finds: false,
  push: {
    // The issues are listed from the database, of which GitHub keeps copies; how soon they agree it promises nowhere.
    searchLagMs: 600_000,
    format: 'markdown',
    readsNotes: false,
    ids: /^\d{1,15}$/,
    fields: {
      labels: 'labels, with commas between them',
      assignees: 'user names, with commas between them; at most ten',
      milestone: 'the number of a milestone, as in its address',
      type: 'the issue type, in an organisation that has issue types',
    },
  },

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
