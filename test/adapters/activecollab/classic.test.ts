import { describe, expect, it } from 'vitest';
import { COLLAB_TOKEN } from '../../support/activecollab/server.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { openCollab } from './source.ts';

describe('a ticket of the classic API', () => {
  const PERMALINK = 'https://projects.example.com/public/index.php?path_info=projects%2F7%2Ftickets%2F1';

  it('has every field', async () => {
    const { collab, target } = await openCollab({ api: 'classic' });
    const fields = { task_list: '5', assignee: '9', labels: 'a, b', important: 'yes', due: '2026-12-24' };
    const request = pushRequest({ fields, title: 'A & B', body: '<p>1 + 1 = 2 &amp; more</p>' });
    expect(await target.push(request, context())).toEqual({ id: '7/1', link: PERMALINK });
    expect(collab.made).toMatchObject([
      {
        ...{
          project: 7,
          name: 'A & B',
          assignee: 9,
          list: 5,
          labels: ['a', 'b'],
          isImportant: true,
          due: '2026-12-24',
        },
        body: `<p>1 + 1 = 2 &amp; more</p>\n<p>${request.reference}</p>`,
      },
    ]);
  });

  it.each([
    [{ assignee: 'jane@example.com' }, 'the field "assignee" has no number in it, which the classic API wants'],
    [{ task_list: 'Inbox' }, 'the field "task_list" has no number in it, which the classic API wants'],
    [{ project: '99' }, 'ActiveCollab answered 404 to POST /public/api.php: Not Found'],
  ])('with %j is refused', async (fields, message) => {
    const { target } = await openCollab({ api: 'classic' });
    expect(await failureOf(target.push(pushRequest({ fields }), context()))).toMatchObject({
      kind: 'rejected',
      message,
    });
  });

  it('shows how it stands', async () => {
    const { collab, target } = await openCollab({ api: 'classic' });
    const { id } = await target.push(pushRequest({ fields: { important: 'yes', due: '2026-12-24' } }), context());
    expect(await target.details?.(id, context())).toEqual({
      title: 'Printer on fire',
      link: PERMALINK,
      rows: [
        { label: 'Status', value: 'Open' },
        { label: 'Completed', value: undefined },
        { label: 'Priority', value: 'High' },
        { label: 'Due', value: '2026-12-24' },
      ],
    });
    const [ticket] = collab.made;
    if (ticket !== undefined) ticket.isCompleted = true;
    expect((await target.details?.(id, context()))?.rows[0]).toEqual({ label: 'Status', value: 'Completed' });
    expect(await target.details?.('7/99', context())).toBeUndefined();
  });

  it('check proves token and project', async () => {
    await (await openCollab({ api: 'classic' })).target.check(context());
    await (await openCollab({ api: 'classic' }, { project: undefined })).target.check(context());
    const { target } = await openCollab({ api: 'classic' }, { project: 99 });
    expect(await failureOf(target.check(context()))).toMatchObject({ kind: 'rejected' });
    const { target: wrong } = await openCollab({ api: 'classic' }, { token: 'wrong-token' });
    expect(await failureOf(wrong.check(context()))).toMatchObject({ kind: 'unauthorized' });
  });

  it('the token in the address is in no log and no message', async () => {
    const { collab, target } = await openCollab({ api: 'classic' });
    await target.push(pushRequest(), context());
    collab.http.faults = [
      { status: 500, body: { message: `no: ${COLLAB_TOKEN}` } },
      { status: 403, body: `no: ${collab.url}/?token=${COLLAB_TOKEN}` },
      { status: 302, headers: { location: `https://elsewhere.example.com/?token=${COLLAB_TOKEN}` } },
      'garbage',
    ];
    const failures: unknown[] = [];
    for (let count = 4; count > 0; count -= 1) failures.push(await failureOf(target.push(pushRequest(), context())));
    const said = failures.map((failure) =>
      failure instanceof Error ? `${failure.message} ${JSON.stringify(failure)}` : '',
    );
    expect(`${said.join(' ')} ${JSON.stringify(target.log.lines)}`).not.toContain(COLLAB_TOKEN);
  });
});
