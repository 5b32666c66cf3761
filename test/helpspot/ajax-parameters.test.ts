import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AJAX_PARAMETERS,
  ajaxParameters,
  parameterName,
  parameterValue,
  parameterWords,
} from '../../src/helpspot/ajax-parameters.ts';
import { parseQuery } from '../../src/helpspot/parameters.ts';
import { nastyText } from './nasty.ts';

/** What HelpSpot 5.x sends, with an empty text in the field. */
const SENT =
  'xStatus=1&xPersonAssignedTo=4&xCategory=3&sUserId=1001&sPhone=845-555-4278&sLastName=Jones&sFirstName=Bob' +
  '&sEmail=bob%40example.com&Custom3=Boston%23-%238th&Custom10=&callingField=Custom10&acting_person_xperson=2';

describe('the customer', () => {
  it('has the names of a Live Lookup', () => {
    const { acting_person_xperson: _, ...read } = ajaxParameters(parseQuery(SENT));
    expect(read).toEqual({
      xStatus: '1',
      xPersonAssignedTo: '4',
      xCategory: '3',
      customer_id: '1001',
      sUserId: '1001',
      phone: '845-555-4278',
      last_name: 'Jones',
      first_name: 'Bob',
      email: 'bob@example.com',
      Custom3: 'Boston#-#8th',
      Custom10: '',
      callingField: '',
    });
  });

  it.each([
    ['email=a&sEmail=b', 'a'],
    ['sEmail=b&email=a', 'a'],
    ['email=&sEmail=b', 'b'],
    ['sEmail=b&email=+', 'b'],
    ['sEmail=&email=', ''],
    ['sEmail=a&email=+', 'a'],
    ['email=+&sEmail=b', 'b'],
  ])('of %s is %o', (query, email) => {
    expect(ajaxParameters(parseQuery(query))['email']).toBe(email);
  });

  it('may be spelled in either way in a template', () => {
    const parameters = ajaxParameters(parseQuery(SENT));
    for (const name of ['sUserId', 'sUserID', 'customer_id']) expect(parameterValue(parameters, name)).toBe('1001');
    for (const name of ['sEmail', 'email']) expect(parameterValue(parameters, name)).toBe('bob@example.com');
    expect(parameterName('sFirstName')).toBe('first_name');
  });
});

describe('the typed text', () => {
  const typed = (query: string) => ajaxParameters(parseQuery(query))['callingField'];

  it.each([
    ['is in the parameter that callingField names', 'Custom10=+emer+&callingField=Custom10', 'emer'],
    ['is empty when that is', 'Custom10=&callingField=Custom10', ''],
    ['may be in the field of a customer', 'sEmail=bob&callingField=sEmail', 'bob'],
    ['is callingField itself, as the manual says', 'Custom10=x&callingField=emer', 'emer'],
    ['is callingField itself when no such parameter was sent', 'Custom1=x&callingField=Custom10', 'Custom10'],
    ['is what was typed, also when that is a name of ours', 'sEmail=bob&callingField=email', 'email'],
    ['is the last of several', 'callingField=a&callingField=b', 'b'],
    ['is empty when nothing was sent', '', ''],
    ['is no way round', 'callingField=callingField', 'callingField'],
    ['is not what every object has', 'callingField=toString', 'toString'],
    ['is data when it is the name of a prototype', 'callingField=__proto__', '__proto__'],
  ])('%s', (_, query, text) => {
    expect(typed(query)).toBe(text);
  });
});

describe('a place', () => {
  const parameters = ajaxParameters(parseQuery(SENT));

  it('can be one level of a drill-down field', () => {
    expect(parameterValue(parameters, 'Custom3')).toBe('Boston#-#8th');
    expect(parameterValue(parameters, 'Custom3.1')).toBe('Boston');
    expect(parameterValue(parameters, 'Custom3.2')).toBe('8th');
    expect(parameterValue(parameters, 'Custom3.3')).toBe('');
    expect(parameterValue(parameters, 'xStatus.1')).toBe('1');
    expect(parameterValue(parameters, 'nothing.1')).toBe('');
  });

  it.each([
    ['Custom4.1', 'a'],
    ['Custom4.2', ''],
    ['Custom4.3', 'c'],
    ['Custom4.9', 'i'],
    ['Custom4.0', ''],
    ['Custom4.10', ''],
    ['.1', ''],
    ['sEmail.1', 'a@b.example'],
    ['Custom5', 'x'],
  ])('%s is %j', (place, value) => {
    const levels = { Custom4: 'a #-##-# c#-#d#-#e#-#f#-#g#-#h#-#i#-#j', Custom5: ' x ', email: 'a@b.example' };
    expect(parameterValue(levels, place)).toBe(value);
  });

  it.each([
    ['Custom12', 'custom field 12'],
    ['Custom3x', 'Custom3x'],
    ['xCustom3', 'xCustom3'],
    ['Custom', 'Custom'],
    ['site.2', 'site'],
    ['site.0', 'site.0'],
    ['sEmail.1', 'the email address'],
  ])('%s is called %s', (place, words) => {
    expect(parameterWords(place)).toBe(words);
  });

  it('has words for staff', () => {
    expect(parameterWords('sUserId')).toBe('the customer ID');
    expect(parameterWords('Custom3.2')).toBe('custom field 3');
    expect(parameterWords('site')).toBe('site');
    for (const name of AJAX_PARAMETERS.filter((one) => !one.startsWith('acting_'))) {
      expect(parameterWords(name)).not.toBe(name);
    }
  });
});

it('never throws, and loses no value that has a name of its own', () => {
  fc.assert(
    fc.property(fc.dictionary(nastyText, nastyText), (sent) => {
      const parameters = ajaxParameters(sent);
      for (const [name, value] of Object.entries(sent)) {
        if (!AJAX_PARAMETERS.includes(name)) expect(parameters[name]).toBe(value);
      }
      expect(typeof parameters['callingField']).toBe('string');
    }),
  );
});
