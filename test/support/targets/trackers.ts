/** Where requests become cases, tasks and issues. */
import { onTestFinished } from 'vitest';
import { startActiveCollab } from '../activecollab/server.ts';
import { startFogBugz } from '../fogbugz/server.ts';
import { startGithub } from '../github/github.ts';
import { startJira } from '../jira/jira.ts';
import { readAdf, readMarkdown, readWiki } from './languages.ts';
import { readPage } from './page.ts';
import { REFUSED, type TargetRow, webSystem } from './row.ts';

function fogBugz(api: 'xml' | 'json', requestsBefore: number): TargetRow {
  return {
    name: `FogBugz, ${api.toUpperCase()} API`,
    adapter: 'fogbugz',
    async start() {
      const { http, settings, made } = await startFogBugz({ api });
      onTestFinished(() => http.close());
      return {
        ...webSystem(http, settings, requestsBefore),
        made: () =>
          made.map(({ columns, events, tags, files }) => {
            const { sTitle = '', sProject, sPriority, sPersonAssignedTo } = columns;
            // A report with the same BugzScout description would be one more event of the same case.
            const also = { sProject, sPriority, sPersonAssignedTo, tags, events: events.length };
            const came = files.map(({ name, bytes }) => ({ name, content: bytes.toString() }));
            const raw = JSON.stringify([columns, events]);
            return { title: sTitle, text: events.join('\n'), also, files: came, raw };
          }),
      };
    },
    push: {
      fields: { project: 'Support & Sales', priority: '1', assignee: "Conan O'Brien", tags: '{{Custom5}}, hot' },
    },
    also: {
      ...{ sProject: 'Support & Sales', sPriority: 'Must fix', sPersonAssignedTo: "Conan O'Brien" },
      ...{ tags: ['Building 743', 'hot'], events: 1 },
    },
    files: api === 'xml',
    details: {
      texts: ['Case 101', 'Open yes', 'Status Active', "Assigned to Conan O'Brien", 'Project Support & Sales'],
      link: /^http:\/\/127\.0\.0\.1:\d+\/(?:default\.asp\?|f\/cases\/)101$/,
    },
    refusals: {
      Token: { source: { token: 'a-token-of-nobody' }, words: REFUSED.credentials },
      Person: { push: { fields: { assignee: 'Nobody' } }, words: REFUSED.content },
    },
    lost: 'found',
  };
}

function activeCollab(api: 'current' | 'classic', requestsBefore: number): TargetRow {
  const classic = api === 'classic';
  return {
    name: `ActiveCollab, ${api} API`,
    adapter: 'activecollab',
    async start() {
      const { http, settings, made } = await startActiveCollab({ api });
      onTestFinished(() => http.close());
      return {
        ...webSystem(http, settings, requestsBefore),
        made: () =>
          made.map(({ name, body, project, assignee, list, labels, isImportant }) => {
            const also = { project, assignee, list, labels, isImportant };
            return { title: name, text: readPage(body).text, html: body, also, raw: JSON.stringify([name, body]) };
          }),
      };
    },
    push: {
      fields: {
        assignee: classic ? '9' : 'jane@example.com',
        task_list: classic ? '4' : 'Inbox',
        labels: 'Hot',
        important: 'yes',
      },
    },
    also: { project: 7, assignee: 9, list: 4, labels: [classic ? 'Hot' : 'HOT'], isImportant: true },
    details: {
      texts: classic
        ? ['Status Open', 'Priority']
        : ['Status Open', 'Assigned to Jane Smith', 'Task list Inbox', 'Labels HOT'],
      link: classic
        ? /^https:\/\/projects\.example\.com\/.*tickets%2F1$/
        : /^http:\/\/127\.0\.0\.1:\d+\/projects\/7\/tasks\/21$/,
    },
    refusals: {
      Token: { source: { token: '2-token0of0nobody' }, words: REFUSED.credentials },
      Important: { push: { fields: { important: 'perhaps' } }, words: REFUSED.content },
      Project: { push: { fields: { project: '99' } }, words: REFUSED.content },
    },
    lost: 'found',
  };
}

function jira(edition: 'cloud' | 'data-center'): TargetRow {
  const cloud = edition === 'cloud';
  return {
    name: cloud ? 'Jira Cloud' : 'Jira Data Center',
    adapter: 'jira',
    async start() {
      const { standIn, settings, issues } = await startJira(edition);
      onTestFinished(() => standIn.close());
      return {
        ...webSystem(standIn, settings, 0),
        made: () =>
          issues.map(({ fields, links, attachments }) => {
            const { summary, description, labels, priority } = fields;
            const ours = Array.isArray(labels) ? labels.filter((label) => !String(label).startsWith('hs-')) : [];
            const also = { priority, labels: ours, links: [...links.values()] };
            const text = cloud ? readAdf(description) : readWiki(String(description));
            const files = attachments.map(({ filename, bytes }) => ({ name: filename, content: bytes.toString() }));
            return { title: String(summary), text, also, files, raw: JSON.stringify(fields) };
          }),
      };
    },
    push: { fields: { priority: 'High', labels: '{{Custom5}}' } },
    also: {
      ...{ priority: { name: 'High' }, labels: ['Building_743'] },
      links: [{ title: 'HelpSpot request 12400', url: 'https://help.example.com/admin?pg=request&reqid=12400' }],
    },
    files: cloud,
    details: {
      texts: ['HELP-1', 'Status To Do', 'Assigned to nobody', 'Priority High', 'Labels Building_743'],
      link: /^http:\/\/127\.0\.0\.1:\d+\/browse\/HELP-1$/,
    },
    refusals: {
      Token: { source: { token: 'a-token-of-nobody' }, words: REFUSED.credentials },
      Project: { push: { fields: { project: 'NONE' } }, words: REFUSED.content },
      Priority: { push: { fields: { priority: 'Cosmic' } }, words: REFUSED.content },
    },
    lost: 'found',
  };
}

const github: TargetRow = {
  name: 'GitHub',
  adapter: 'github',
  async start() {
    const { standIn, settings, issues } = await startGithub();
    onTestFinished(() => standIn.close());
    return {
      ...webSystem(standIn, settings, 0),
      made: () =>
        issues.map(({ title, body, labels, assignees, milestone }) => {
          const text = readMarkdown(body ?? '');
          return { title, text, also: { labels, assignees, milestone }, raw: JSON.stringify([title, body]) };
        }),
    };
  },
  push: { fields: { labels: 'helpspot, {{Custom5}}', assignees: 'hubot', milestone: '3' } },
  also: { labels: ['helpspot', 'Building 743'], assignees: ['hubot'], milestone: 3 },
  details: {
    texts: ['#1', 'State open', 'Assigned to hubot', 'Labels helpspot Building 743', 'Milestone v1.0'],
    link: /^https:\/\/github\.com\/example\/website\/issues\/1$/,
  },
  refusals: {
    Token: { source: { token: 'github_pat_of_nobody' }, words: REFUSED.credentials },
    Repository: { source: { repository: 'example/gone' }, words: REFUSED.credentials },
    Person: { push: { fields: { assignees: 'nobody-at-all' } }, words: REFUSED.content },
  },
  lost: 'found',
};

/** Every row. */
export const TRACKERS: readonly TargetRow[] = [
  fogBugz('xml', 1),
  fogBugz('json', 0),
  activeCollab('current', 2),
  activeCollab('classic', 0),
  jira('cloud'),
  jira('data-center'),
  github,
];
