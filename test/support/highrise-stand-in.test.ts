/** The stand-in for Highrise refuses what Highrise refuses. */
import { expect, it, onTestFinished } from 'vitest';
import { HIGHRISE_TOKEN, type HighriseOptions, startHighrise } from './highrise/server.ts';
import { readXml, textAt } from './highrise/xml.ts';

async function start(options: HighriseOptions = {}, user = HIGHRISE_TOKEN) {
  const highrise = await startHighrise(options);
  onTestFinished(() => highrise.close());
  const authorization = `Basic ${Buffer.from(`${user}:X`).toString('base64')}`;
  const get = (path: string) => fetch(highrise.url + path, { headers: { authorization } });
  const post = (path: string, body: string, type = 'application/xml') =>
    fetch(highrise.url + path, { method: 'POST', body, headers: { authorization, 'content-type': type } });
  return { ...highrise, get, post };
}

it('wants a token', async () => {
  expect((await (await start()).get('/me.xml')).status).toBe(200);
  expect((await (await start({}, 'wrong')).get('/me.xml')).status).toBe(401);
});

it('makes people and companies, and says where they are', async () => {
  const { post, get, account, url } = await start();
  const contact =
    '<contact-data><email-addresses><email-address><address>john.doe@example.com</address>' +
    '<location>Work</location></email-address></email-addresses></contact-data>';
  const answer = await post('/people.xml', `<person><first-name>John &amp; Jane</first-name>${contact}</person>`);
  expect(answer.status).toBe(201);
  const [made] = account.people;
  expect(answer.headers.get('location')).toBe(`${url}/people/${made?.id}.xml`);
  expect(textAt(readXml(await answer.text()), 'first-name')).toBe('John & Jane');
  expect(await (await get(`/people/${made?.id}.xml`)).text()).toContain('<address>john.doe@example.com</address>');
  expect((await get('/people/99.xml')).status).toBe(404);
});

it('refuses what is not valid, and what is not sent as XML', async () => {
  const { post, account } = await start();
  const blank = await post('/people.xml', '<person><first-name> </first-name></person>');
  expect([blank.status, await blank.text()]).toEqual([
    422,
    '<?xml version="1.0" encoding="UTF-8"?>\n<errors><error>First name can\'t be blank</error></errors>',
  ]);
  expect((await post('/people.xml', '<person><first-name>A</first-name></person>', 'text/xml')).status).toBe(422);
  expect((await post('/people.xml', '<person><nick-name>A</nick-name></person>')).status).toBe(500);
  expect((await post('/people.xml', '<person><first-name>A</person>')).status).toBe(500);
  account.isFull = true;
  expect((await post('/people.xml', '<person><first-name>A</first-name></person>')).status).toBe(507);
  expect(account.people).toEqual([]);
});

it('keeps notes of people, and gives them newest first, or oldest first with since', async () => {
  const { post, get, account } = await start();
  const { id } = account.add({ firstName: 'John' });
  const note = (body: string) => post(`/people/${id}/notes.xml`, `<note><body>${body}</body></note>`);
  expect([(await note('one')).status, (await note('two')).status, (await note(' ')).status]).toEqual([201, 201, 422]);
  const bodies = async (path: string) => (await (await get(path)).text()).match(/(?<=<body>)\w+/g);
  expect(await bodies(`/people/${id}/notes.xml`)).toEqual(['two', 'one']);
  expect(await bodies(`/people/${id}/notes.xml?since=20070425154546`)).toEqual(['one', 'two']);
  expect((await post('/people/99/notes.xml', '<note><body>x</body></note>')).status).toBe(404);
});

it('finds 25 at a time, and not at once when its search lags', async () => {
  const { get, account } = await start();
  account.searchLags = true;
  for (let index = 0; index < 30; index += 1) account.add({ firstName: 'David', email: `d${index}@example.com` });
  const count = async (path: string) => (await (await get(path)).text()).match(/<person>/g)?.length ?? 0;
  expect(await count('/people/search.xml?term=avid')).toBe(0);
  expect(await count('/people.xml?since=20070425154546')).toBe(30);
  account.index();
  expect(await count('/people/search.xml?term=avid')).toBe(25);
  expect(await count('/people/search.xml?term=avid&n=25')).toBe(5);
  expect(await count('/people/search.xml?criteria[email]=D7@')).toBe(1);
  expect(await (await get('/people/search.xml?term=zzz')).text()).toContain('<nil-classes type="array"/>');
});

it('keeps to its limits', async () => {
  const { get } = await start({ emailSearches: 2 });
  const search = () => get('/people/search.xml?criteria[email]=a@example.com');
  expect([(await search()).status, (await search()).status]).toEqual([200, 200]);
  const third = await search();
  expect([third.status, third.headers.get('retry-after')]).toEqual([503, '10']);
  expect((await get('/people/search.xml?term=a')).status).toBe(200);
});

it('lists who changed since, the change longest ago first, and what was deleted', async () => {
  const { get, account } = await start();
  const at = (day: number) => new Date(Date.UTC(2026, 0, day));
  const people = [3, 1, 2].map((day) => Object.assign(account.add({ firstName: `Day${day}` }), { updated: at(day) }));
  const names = async (path: string) => (await (await get(path)).text()).match(/(?<=<first-name>)\w+/g);
  expect(await names('/people.xml')).toEqual(['Day3', 'Day1', 'Day2']);
  expect(await names('/people.xml?since=20260102000000')).toEqual(['Day2', 'Day3']);
  expect(await names('/people.xml?since=20260102000000&n=1')).toEqual(['Day3']);
  const deletions = async (path: string) =>
    (await (await get(path)).text()).match(/(?<=type="Person"><id type="integer">)\d+/g);
  expect(await deletions('/deletions.xml')).toBeNull();
  account.remove(people[0]?.id ?? 0);
  account.deletions.unshift({ type: 'Person', id: 7, at: at(1) });
  expect(await deletions('/deletions.xml')).toEqual(['7', String(people[0]?.id)]);
  expect(await deletions('/deletions.xml?since=20260102000000')).toEqual([String(people[0]?.id)]);
  expect(await deletions('/deletions.xml?n=1')).toEqual([String(people[0]?.id)]);
});
