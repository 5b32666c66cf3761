import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/helpspot/arguments.ts';

const parse = (argv: readonly string[], customFields: readonly number[] = []) => ({
  ...parseArguments(argv, { customFields }),
});

describe('parseArguments', () => {
  it('reads the manual’s named example', () => {
    expect(parse(['--customer_id=123456', '--first_name=Bob', '--last_name=Jones', '--email', '--phone'])).toEqual({
      customer_id: '123456',
      first_name: 'Bob',
      last_name: 'Jones',
      email: '',
      phone: '',
    });
  });

  it.each([
    ['a value with =', ['--Custom1=a=b'], { Custom1: 'a=b' }],
    ['a value with dashes', ['--first_name=--x'], { first_name: '--x' }],
    ['a value with line breaks and spaces', ['--Custom1=a b\nc '], { Custom1: 'a b\nc ' }],
    ['an unknown name', ['--whatever=1', '--flag'], { whatever: '1', flag: '' }],
    ['the last repeated name', ['--a=1', '--a=2'], { a: '2' }],
    ['a list', ['--a[]=1', '--a[]=2'], { a: '1, 2' }],
    ['both spellings of sUserId', ['--sUserID=3'], { sUserId: '3' }],
    ['nothing', [], {}],
  ])('%s', (_what, argv, expected) => {
    expect(parse(argv)).toEqual(expected);
  });

  it('reads positions, custom fields in ascending order of their ids', () => {
    expect(parse(['12', 'Bob', '', 'b@example.com', '', 'one', 'nine', 'ten'], [10, 1, 9])).toEqual({
      customer_id: '12',
      first_name: 'Bob',
      last_name: '',
      email: 'b@example.com',
      phone: '',
      Custom1: 'one',
      Custom9: 'nine',
      Custom10: 'ten',
    });
  });

  it('ignores positions that no custom field is configured for', () => {
    expect(parse(['12', '', '', '', '', 'x', 'y'], [4])).toMatchObject({ Custom4: 'x' });
    expect(Object.keys(parse(['12', '', '', '', '', 'x', 'y'], [4]))).toHaveLength(6);
  });

  it('takes dashes without a name as a value, so that the others keep their positions', () => {
    expect(parse(['--', '-', 'x'])).toEqual({ customer_id: '--', first_name: '-', last_name: 'x' });
    expect(parse(['--=a', 'x'])).toEqual({ customer_id: '--=a', first_name: 'x' });
  });

  it('prefers a name to a position', () => {
    expect(parse(['12', '--customer_id=13', 'Bob'])).toEqual({ customer_id: '13', first_name: 'Bob' });
  });

  it('keeps names of Object.prototype as parameters', () => {
    const parameters = parseArguments(['--__proto__=x'], { customFields: [] });
    expect(Object.entries(parameters)).toEqual([['__proto__', 'x']]);
    expect(parameters['toString']).toBeUndefined();
  });
});
