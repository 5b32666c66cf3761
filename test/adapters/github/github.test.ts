import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import github from '../../../adapters/github/index.ts';
import { newIssue } from '../../../adapters/github/issue.ts';
import { versionOf } from '../../../adapters/github/settings.ts';
import { noteWriter } from '../../../src/helpspot/note-text.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { runs } from '../../support/runs.ts';
import { openGithub } from './source.ts';

describe('an issue', () => {
  it('has title, body, every field, the way back, and a reference that nobody sees', async () => {
    const { running, target } = await openGithub();
    const fields = { labels: 'bug, customer ,bug', assignees: '@octocat, hubot', milestone: '3' };
    const request = pushRequest({ title: 'Drucker brennt 🔥', body: '**Hilfe**\n\n```\nx < y\n```', fields });
    const receipt = await target.push(request, context());
    expect(receipt).toEqual({ id: '1', link: 'https://github.com/example/website/issues/1' });
    expect(running.issues).toMatchObject([
      {
        title: 'Drucker brennt 🔥',
        body:
          '**Hilfe**\n\n```\nx < y\n```\n\n' +
          '[HelpSpot request 12400](<https://help.example.com/admin?pg=request&reqid=12400>)\n\n' +
          `<!-- helpspot: ${request.reference} -->`,
        labels: ['bug', 'customer'],
        assignees: ['octocat', 'hubot'],
        milestone: 3,
      },
    ]);
    expect(running.standIn.received[0]?.headers).toMatchObject({
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2026-03-10',
      'user-agent': 'helpspot-gateway',
    });
    expect(target.log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('does not say the way back twice', async () => {
    const { running, target } = await openGithub();
    const { link } = pushRequest();
    await target.push(pushRequest({ body: `Help\n\n<${link?.href}>` }), context());
    expect(running.issues[0]?.body).toMatch(/^Help\n\n<https:[^>]*>\n\n<!-- helpspot: [\w-]+ -->$/);
  });

  it('is not longer than GitHub takes, and still has its way back', async () => {
    const { running, target } = await openGithub();
    const request = pushRequest({ title: '🔥'.repeat(300), body: `${'🔥'.repeat(50_000)}` });
    await target.push(request, context());
    const { title = '', body } = running.issues[0] ?? {};
    expect(title).toBe(`${'🔥'.repeat(127)}…`);
    expect(body).toMatch(
      /🔥\n\n\[\d+ more characters are left out\]\n\n\[HelpSpot request 12400\]\(<.*>\)\n\n<!-- .* -->$/,
    );
    expect(body?.isWellFormed()).toBe(true);
    expect(await target.findPush?.(request, context())).toMatchObject({ id: '1' });
  });

  it('says in the log when GitHub left out what the token may not set', async () => {
    const { running, target } = await openGithub();
    running.mayWrite = false;
    await target.push(pushRequest({ fields: { labels: 'bug', assignees: 'hubot' } }), context());
    expect(target.log.lines).toMatchObject([{}, { level: 'warn', fields: { dropped: 2, issue: 1 } }]);
  });

  it('leaves no note at issues that a customer links to', async () => {
    const { running, target } = await openGithub();
    const writer = await noteWriter('markdown');
    const body = writer.text(
      'See https://github.com/o/r/issues/5 and http://www.github.com/o/r/pull/6, or https://github.com/o',
    );
    await target.push(pushRequest({ body }), context());
    expect(running.issues[0]?.body).toContain(
      'See <https://redirect.github.com/o/r/issues/5> and <https://redirect.github.com/o/r/pull/6>, or <https://github.com/o>',
    );
  });

  it('mentions nobody and refers to no issue for a customer, and arrives unchanged', async () => {
    const { running, target } = await openGithub();
    const writer = await noteWriter('markdown');
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '@octocat',
        '@\0octocat',
        '#\x1f12',
        '@org/team',
        '#12',
        'GH-3',
        'o/r#5',
        '-->',
        '<!-- helpspot: hs-1 -->',
        '<img src=x>',
        '\n> @a',
        '`',
      ),
    );
    const text = fc.array(nasty, { maxLength: 4 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, text, async (title, note, label) => {
        running.issues.length = 0;
        const body = writer.text(note);
        const request = pushRequest({
          title: `t${title}`,
          body,
          fields: { labels: `l${label.replace(/[,\r\n]/g, '')}` },
        });
        await target.push(request, context());
        const legal = (value: string, instead = '') =>
          value
            .replace(/\r\n?/g, '\n')
            .replace(/[^\P{Cc}\n\t]/gu, instead)
            .toWellFormed();
        const issue = running.issues[0];
        expect(issue?.title).toBe(legal(request.title));
        expect(issue?.labels).toEqual([legal(request.fields['labels'] ?? '').trim()]);
        expect(issue?.body?.startsWith(legal(body, '\uFFFD'))).toBe(true);
        expect(issue?.body).not.toMatch(/(^|[^A-Za-z0-9])@[A-Za-z0-9]/m);
        expect(issue?.body?.slice(0, body.length)).not.toMatch(/(?:#|(?<![A-Za-z0-9])GH-)\d/i);
        expect(issue?.body?.match(/(?<!\\)<!--/g)).toHaveLength(1);
      }),
      runs(80),
    );
  });

  it('has no milestone that is no number', () => {
    expect(() => newIssue(pushRequest({ fields: { milestone: 'v1' } }))).toThrow(/"v1" is no number/);
  });
});

describe('how it stands', () => {
  it('is told in rows', async () => {
    const { running, target } = await openGithub();
    const { id } = await target.push(pushRequest({ fields: { labels: 'bug', milestone: '3' } }), context());
    const [issue] = running.issues;
    if (issue === undefined) throw new Error('no issue was made');
    Object.assign(issue, {
      state: 'closed',
      state_reason: 'not_planned',
      comments: 2,
      closed_at: '2026-11-20T10:00:00Z',
    });
    const details = await target.details?.(id, context());
    expect(details).toMatchObject({ title: '#1 Printer on fire', link: 'https://github.com/example/website/issues/1' });
    const rows = Object.fromEntries(details?.rows.map(({ label, value }) => [label, value]) ?? []);
    expect(rows).toMatchObject({
      State: 'closed (not planned)',
      'Assigned to': 'nobody',
      Labels: ['bug'],
      Milestone: 'v1.0',
      Comments: 2,
      Closed: new Date('2026-11-20T10:00:00Z'),
    });
  });

  it('is nothing for an issue that was deleted, and a failure where the repository is out of sight', async () => {
    const { running, target } = await openGithub();
    expect(await target.details?.('99', context())).toBeUndefined();
    running.repository.name = 'example/hidden';
    expect(await failureOf(target.details?.('99', context()))).toMatchObject({ kind: 'unauthorized' });
  });
});

it('an Enterprise Server is asked in the version that all of them know', () => {
  const parsed = (url?: string) => versionOf(github.settings.parse({ repository: 'a/b', token: 'x', url }));
  expect(parsed()).toBe('2026-03-10');
  expect(parsed('https://github.example.com/api/v3')).toBe('2022-11-28');
});
