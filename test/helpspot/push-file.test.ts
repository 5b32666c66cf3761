import { describe, expect, it } from 'vitest';
import {
  gatewayAddress,
  phpString,
  pushFileName,
  pushNameProblem,
  writePushFile,
} from '../../src/helpspot/push-file.ts';
import { PUSH_FILE, pushTemplate } from './push-file-parts.ts';

describe('the PHP file', () => {
  it('has the name, the address and the key where an administrator finds them', () => {
    const file = writePushFile(pushTemplate, PUSH_FILE);
    expect(file).toContain("private const GATEWAY = 'http://127.0.0.1:8787';");
    expect(file).toContain("private const KEY = 'abc';");
    expect(file).toContain('private const CONNECT_SECONDS = 5;');
    expect(file).toContain('private const TOTAL_SECONDS = 15;');
    expect(file).toContain('class RequestPush_FogBugz\n');
    expect(file).toContain("private const TARGET = 'FogBugz';");
    expect(file).toContain("private const DETAILS_ELEMENTS = 'p|b|a|br|table|tr|th|td';");
    expect(file).not.toMatch(/NAME|\{\{/);
    expect(pushFileName('FogBugz')).toBe('RequestPush-FogBugz.php');
  });

  it('is the template with its places filled in, and nothing else', () => {
    const places = ['gateway', 'key', 'connect', 'total', 'elements'].map((place) => `'{{${place}}}'`);
    const written = (more: object) =>
      writePushFile(`NAME NAME ${places.join(' ')} '{{x}}' {{key}}`, { ...PUSH_FILE, ...more });
    const rest = "'p|b|a|br|table|tr|th|td' '' {{key}}";
    expect(written({})).toBe(`FogBugz FogBugz 'http://127.0.0.1:8787' 'abc' 5 15 ${rest}`);
    expect(written({ connectSeconds: 0, totalSeconds: 1.001 })).toBe(
      `FogBugz FogBugz 'http://127.0.0.1:8787' 'abc' 1 2 ${rest}`,
    );
    const missing = 'the PHP template does not have one place each for gateway, key, connect, total, elements';
    expect(() => writePushFile('NAME', PUSH_FILE)).toThrow(new Error(missing));
    expect(() => writePushFile(`${pushTemplate}'{{total}}'`, PUSH_FILE)).toThrow('one place each for total');
  });

  it.each([
    ['', "''"],
    ["it's", "'it\\'s'"],
    ["\\'\\'", "'\\\\\\'\\\\\\''"],
    ['"$a {$b}\n', "'\"$a {$b}\n'"],
  ])('has the text %j as %s', (text, literal) => {
    expect(phpString(text)).toBe(literal);
  });

  it('does not take a value for a place', () => {
    const file = writePushFile(pushTemplate, { ...PUSH_FILE, gateway: "'{{key}}'", key: '$1 $& NAME' });
    expect(file).toContain("GATEWAY = '\\'{{key}}\\'';");
    expect(file).toContain("KEY = '$1 $& NAME';");
  });

  it('is not written with a name that was not checked, or from half a template', () => {
    expect(() => writePushFile(pushTemplate, { ...PUSH_FILE, name: 'a b' })).toThrow('not a name');
    expect(() => writePushFile(pushTemplate.replace("'{{key}}'", "''"), PUSH_FILE)).toThrow('one place each for key');
  });
});

describe('a name', () => {
  it.each(['FogBugz', 'a', '_', '9lives', 'list', 'x'.repeat(64)])('%s is one for HelpSpot and for PHP', (name) => {
    expect(pushNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['Bug-Tracker-2', 'write Bug_Tracker_2'],
    ['Bug-Tracker 2', 'only letters'],
    [' Bug-Tracker', 'only letters'],
    ['Bug Tracker', 'only letters'],
    [' a', 'only letters'],
    ['Mantis;', 'only letters'],
    ['Müller', 'only letters'],
    ['a\n', 'only letters'],
    ['../x', 'only letters'],
    ['Base', 'template that comes with HelpSpot'],
    ['x'.repeat(65), 'longer than 64'],
  ])('%j is none', (name, words) => {
    expect(pushNameProblem(name)).toContain(words);
  });
});

describe('the address of the gateway', () => {
  it.each([
    ['https://gateway.example.com/', 'https://gateway.example.com'],
    ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
    ['https://example.com/gw//', 'https://example.com/gw'],
    ['HTTPS://EXAMPLE.com:443/gw', 'https://example.com/gw'],
    ['http://x/', 'http://x'],
  ])('%s is %s', (address, written) => {
    expect(gatewayAddress(address)).toBe(written);
  });

  it.each([
    '',
    'gateway.example.com',
    'ftp://x',
    'https://a:b@x',
    'https://a@x',
    'https://:b@x',
    'https://x/?key=a',
    'https://x/#a',
    'javascript:x',
  ])('%s is none', (address) => {
    expect(gatewayAddress(address)).toBeUndefined();
  });
});
