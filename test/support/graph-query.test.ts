/** The Graph of ours reads `$filter` and `$search` as Microsoft documents it. Above each group stands where. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { names, refused, users } from './graph/documented.ts';
import { parseFilter } from './graph/filter-parser.ts';
import { guid } from './graph/people.ts';
import { wordsOf } from './graph/search.ts';

/** https://learn.microsoft.com/graph/filter-query-parameter and https://learn.microsoft.com/graph/aad-advanced-queries */
describe('$filter', () => {
  test.each([
    ["startswith(displayName,'mary') or startswith(givenName,'mary') or startswith(mail,'mary')", ["Mary O'Brien"]],
    ["imAddresses/any(i:i eq 'admin@contoso.com')", ["Mary O'Brien"]],
    ["otherMails/any(o:startswith(o,'MARY@'))", ["Mary O'Brien"]],
    ["proxyAddresses/any(p:p eq 'smtp:mary@hotmail.com')", ["Mary O'Brien"]],
    ["businessPhones/any(p:p eq '425-555-0100')", ['MOD Administrator']],
    ['accountEnabled eq false', ["Mary O'Brien"]],
    [`id in ('${guid(1)}','${guid(2)}')`, ['Conf Room Adams', 'MOD Administrator']],
    ["surname eq 'o''brien'", ["Mary O'Brien"]],
    ["(givenName eq 'MOD' or givenName eq 'Mary') and accountEnabled eq true", ['MOD Administrator']],
  ])('%s', async (filter, found) => {
    expect(await names(`$filter=${filter}`)).toEqual(found);
  });

  test.each([
    ["businessPhones/any(p:startsWith(p, '44'))", ["Mary O'Brien"]],
    ["startsWith(mobilePhone, '25478') OR startsWith(mobilePhone, '25473')", ['MOD Administrator']],
    ["companyName ne null and NOT(companyName eq 'Microsoft')", []],
    ["endsWith(mail,'@hotmail.com')", ["Mary O'Brien"]],
    ["proxyAddresses/any (p:endsWith(p, 'contoso.com'))", ["Mary O'Brien"]],
    ["NOT startsWith(displayName, 'Conf')", ['MOD Administrator', "Mary O'Brien"]],
    ["officeLocation eq 'japan'", ["Mary O'Brien"]],
  ])('%s is served as an advanced query only', async (filter, found) => {
    expect(await names(`$filter=${filter}&$count=true`, true)).toEqual(found);
    expect(await refused(`$filter=${filter}`)).toMatchObject({ status: 400, code: 'Request_UnsupportedQuery' });
    expect(await refused(`$filter=${filter}&$count=true`)).toMatchObject({ status: 400 });
    expect(await refused(`$filter=${filter}`, true)).toMatchObject({ status: 400 });
  });

  test('says what is missing, in the words of the documentation', async () => {
    expect((await refused("$filter=endsWith(userPrincipalName,'%23EXT%23@contoso.com')")).message).toBe(
      "Operator 'endsWith' is not supported because the required parameters might be missing. Try adding $count=true " +
        'query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information',
    );
    expect((await refused("$filter=companyName eq 'x'")).message).toBe(
      "Unsupported or invalid query filter clause specified for property 'companyName' of resource 'User'.",
    );
  });

  test.each([
    ["surname eq 'O'Brien'", 'Invalid filter clause'],
    ["surname eq 'open", 'unterminated literal'],
    ['surname eq', 'Syntax error'],
    ["surname eq 'a' 'b'", 'Syntax error'],
    ["shoeSize eq '9'", "Could not find a property named 'shoeSize'"],
    ["contains(displayName,'m')", "Unsupported property filter clause operator 'Contains'."],
    ["accountEnabled eq 'true'", 'incompatible types'],
    ["mail/any(m:m eq 'x')", 'following a collection'],
    ["id eq 'x'", "Invalid object identifier 'x'."],
    ["mail eq ''", 'Unsupported or invalid query filter clause'],
  ])('refuses %s', async (filter, message) => {
    expect(await refused(`$filter=${filter}`)).toMatchObject({
      status: 400,
      message: expect.stringContaining(message),
    });
  });

  test('takes 15 alternatives', async () => {
    const alternatives = (count: number) => Array.from({ length: count }, (_, at) => `mail eq '${at}'`).join(' or ');
    expect((await users(`$filter=${alternatives(15)}`)).status).toBe(200);
    expect((await refused(`$filter=${alternatives(16)}`)).message).toBe(
      "Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed: 15.",
    );
  });

  test('reads back any text that was quoted, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const parsed = parseFilter(`surname eq '${text.replaceAll("'", "''")}'`);
        expect(parsed).toEqual({ kind: 'compare', operator: 'eq', property: 'surname', value: text, quoted: true });
      }),
    );
  });
});

/** https://learn.microsoft.com/graph/search-query-parameter#using-search-on-directory-object-collections */
describe('$search', () => {
  test('needs the header', async () => {
    expect(await refused('$search="displayName:Mary"')).toMatchObject({
      code: 'Request_UnsupportedQuery',
      message:
        "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    });
  });

  test.each([
    ['"displayName:Bri"', ["Mary O'Brien"]],
    ['"displayName:room conf"', ['Conf Room Adams']],
    ['"displayName:oom"', []],
    ['"displayName:Adam" OR "mail:mary"', ['Conf Room Adams', "Mary O'Brien"]],
    ['"mail:hotmail"', []],
    ['"displayName:Mary" AND ("mail:mary" OR "mail:bob")', ["Mary O'Brien"]],
    ['"displayName:\\"Mary\\""', []],
  ])('%s', async (search, found) => {
    expect(await names(`$search=${search}`, true)).toEqual(found);
  });

  test('together with $filter', async () => {
    expect(await names('$filter=accountEnabled eq true&$search="displayName:Ad"', true)).toEqual(['MOD Administrator']);
  });

  test.each(['displayName:x', '"displayName:x', '"displayName:x" and "mail:y"', '"x"', '"shoeSize:9"', '"a:b" "c:d"'])(
    'refuses %s',
    async (search) => {
      expect(await refused(`$search=${search}`, true)).toMatchObject({ status: 400 });
    },
  );

  test('splits words as documented', () => {
    expect(wordsOf('hello world')).toEqual(['hello', 'world']);
    expect(wordsOf('HelloWorld')).toEqual(['hello', 'world', 'helloworld']);
    expect(wordsOf('hello.world')).toEqual(['hello', '.', 'world', 'helloworld']);
    expect(wordsOf('hello123world')).toEqual(expect.arrayContaining(['hello', '123', 'world']));
    expect(wordsOf('HELLOworld')).toEqual(['helloworld']);
  });
});
