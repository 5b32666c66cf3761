import { describe, expect, it } from 'vitest';
import { actingAs, actingPerson, USER_TYPES } from '../../src/helpspot/acting-person.ts';
import { parseQuery } from '../../src/helpspot/parameters.ts';

describe('actingPerson', () => {
  it('reads all that HelpSpot says', () => {
    const query =
      'acting_person_xperson=4&acting_person_fusertype=2&acting_person_fname=Tina&acting_person_lname=+Smith+&acting_person_email=t%40x.com';
    expect(actingPerson(parseQuery(query))).toEqual({
      id: '4',
      userType: 'help-desk',
      firstName: 'Tina',
      lastName: 'Smith',
      email: 't@x.com',
    });
  });

  it.each([
    ['1', 'admin'],
    ['2', 'help-desk'],
    ['3', 'level-2'],
    ['4', 'guest'],
    [' 1 ', 'admin'],
    ['5', undefined],
    ['admin', undefined],
    ['', undefined],
    ['01', undefined],
  ])('level %j is %s', (level, userType) => {
    expect(actingPerson({ acting_person_fusertype: level }).userType).toBe(userType);
  });

  it('every level is said as it is read', () => {
    expect(actingAs('level-2')).toEqual({ acting_person_fusertype: '3' });
    for (const userType of USER_TYPES) expect(actingPerson(actingAs(userType))).toEqual({ userType });
  });

  it('leaves out what is empty', () => {
    expect(actingPerson(parseQuery('acting_person_fname=&acting_person_xperson=+'))).toEqual({});
  });
});
