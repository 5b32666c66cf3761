/** Whether the changes of the Graph that the adapter is tested with are told as Microsoft documents it. */
import { describe, expect, test } from 'vitest';
import { errorOf, graph, idsOf, people, send, signIn } from './graph/documented.ts';
import { guid, makePeople } from './graph/people.ts';

async function get(path: string) {
  const { body } = await signIn();
  return await send(path.replace(graph.origin, ''), { Authorization: `Bearer ${String(body['access_token'])}` });
}

const linkOf = (answer: { readonly body: Record<string, unknown> }, kind: 'next' | 'delta') =>
  String(answer.body[`@odata.${kind}Link`]);

describe('changes', () => {
  test('everybody at first, then what has changed of what was selected, who came and who went', async () => {
    const all = await get('/v1.0/users/delta?$select=displayName,manager');
    expect(idsOf(all)).toEqual(people.map(({ id }) => id));
    expect(all.body['value']).toContainEqual({
      id: guid(2),
      displayName: 'MOD Administrator',
      'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: guid(1) }],
    });
    expect(all.body).not.toHaveProperty('@odata.nextLink');
    const [room = people[0], admin, mary] = people;
    if (room === undefined || admin === undefined || mary === undefined) throw new Error('there are three people');
    graph.people = [
      { ...room, displayName: 'Conf Room Bell' },
      { ...mary, jobTitle: 'not selected', managerId: guid(1) },
      { id: guid(9), displayName: 'New', userPrincipalName: 'new@contoso.com' },
    ];
    const changes = await get(linkOf(all, 'delta'));
    expect(changes.body['value']).toEqual([
      { id: guid(1), displayName: 'Conf Room Bell' },
      expect.objectContaining({ id: guid(3), 'manager@delta': [expect.objectContaining({ id: guid(1) })] }),
      { id: guid(9), displayName: 'New' },
      { id: guid(2), '@removed': { reason: 'changed' } },
    ]);
    expect((await get(linkOf(changes, 'delta'))).body['value']).toEqual([]);
    // The same link tells the same again.
    expect(idsOf(await get(linkOf(all, 'delta')))).toHaveLength(4);
  });

  test('from now on, without anybody', async () => {
    const now = await get('/v1.0/users/delta?$deltatoken=latest');
    expect(now.body['value']).toEqual([]);
    graph.people = people.slice(1);
    expect((await get(linkOf(now, 'delta'))).body['value']).toEqual([
      { id: guid(1), '@removed': { reason: 'changed' } },
    ]);
  });

  test('pages, and the link to changes only after the last', async () => {
    graph.people = makePeople(150);
    const ids: unknown[] = [];
    let page = await get('/v1.0/users/delta?$select=mail');
    for (let number = 1; number < 3; number += 1) {
      ids.push(...idsOf(page));
      expect(page.body).not.toHaveProperty('@odata.deltaLink');
      page = await get(linkOf(page, 'next'));
    }
    expect([...ids, ...idsOf(page)]).toEqual(graph.people.map(({ id }) => id));
    expect(page.body).toHaveProperty('@odata.deltaLink');
  });

  test('what is not served is refused; a link that is worthless is 410 with where to begin', async () => {
    for (const option of ['$expand=manager', '$top=5', '$orderby=displayName', '$filter=accountEnabled%20eq%20true']) {
      expect(errorOf(await get(`/v1.0/users/delta?${option}`)), option).toMatchObject({ status: 400 });
    }
    const link = linkOf(await get('/v1.0/users/delta?$deltatoken=latest'), 'delta');
    graph.resetChanges();
    const gone = await get(link);
    expect(errorOf(gone)).toMatchObject({ status: 410, code: 'syncStateNotFound' });
    expect(gone.headers['location']).toBe(`${graph.origin}/v1.0/users/delta?$deltatoken=`);
  });
});
