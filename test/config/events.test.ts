/** `events:` as it is written. */
import { describe, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problems.ts';
import { writeConfiguration } from './files.ts';

const BASE = `sources:
  hook: { adapter: webhook, url: "https://hooks.example.com/x" }
push: { Note: { source: hook, mode: queued } }
`;

const load = (events: string) =>
  loadConfiguration(writeConfiguration(`${BASE}events:\n  video: ${events}\n`), adapters, {});

async function mistakes(events: string): Promise<string> {
  try {
    await load(events);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'none';
}

describe('events', () => {
  test('have defaults, and words or lists', async () => {
    const plan = await load('{ verify: help-lightning, secret: 0123456789abcdef, push: [Note] }');
    expect(plan.events?.get('video')).toEqual({
      ...{ name: 'video', verify: 'help-lightning', secrets: ['0123456789abcdef'], until: [], push: ['Note'] },
      ...{ withinMs: 86_400_000, settleMs: 10_000 },
      ...{ id: undefined, type: undefined, time: undefined, gather: undefined },
    });
    const other = await load(
      '{ verify: { header: X-Sig }, secret: [one-secret, other-secret], gather: a.b, until: [x, y], within: 2h, settle: 0s, push: [Note] }',
    );
    expect(other.events?.get('video')).toMatchObject({
      verify: { header: 'x-sig', prefix: '', encoding: 'hex', algorithm: 'sha256' },
      ...{
        secrets: ['one-secret', 'other-secret'],
        until: ['x', 'y'],
        gather: 'a.b',
        withinMs: 7_200_000,
        settleMs: 0,
      },
    });
    expect(other.secrets).toEqual(expect.arrayContaining(['one-secret', 'other-secret']));
    expect(other.clearSecrets).toContain('events.video.secret[0]');
  });

  test.each([
    ['a target that is not there', '{ verify: github, secret: s3cret, push: [Nota] }', /push\[0\].*Note/],
    ['no secret', '{ verify: github, push: [Note] }', /secret/],
    ['an empty secret', '{ verify: github, secret: "", push: [Note] }', /secret/],
    ['no target', '{ verify: github, secret: s3cret, push: [] }', /push/],
    ['another system', '{ verify: gihtub, secret: s3cret, push: [Note] }', /verify/],
    ['until without gather', '{ verify: github, secret: s3cret, until: closed, push: [Note] }', /without gather/],
    [
      'a secret that is no key',
      '{ verify: standard-webhooks, secret: "whsec_é", push: [Note] }',
      /no secret of Standard/,
    ],
    ['one of two that is none', '{ verify: standard-webhooks, secret: [AAAA, "x y"], push: [Note] }', /secret\[1\]/],
    ['a header that is none', '{ verify: { header: "X Sig" }, secret: s3cret, push: [Note] }', /verify/],
    ['an old hash', '{ verify: { header: X, algorithm: md5 }, secret: s3cret, push: [Note] }', /verify/],
    ['six secrets', '{ verify: github, secret: [a1, a2, a3, a4, a5, a6], push: [Note] }', /secret/],
    [
      'a place for a field',
      '{ verify: github, secret: s3cret, gather: "{{call_id}}", push: [Note] }',
      /gather.*the path of a field/,
    ],
    ['JSONPath', '{ verify: github, secret: s3cret, id: $.data.id, push: [Note] }', /id.*the path of a field/],
    [
      'an item of a list',
      '{ verify: github, secret: s3cret, time: "times[0]", push: [Note] }',
      /time.*the path of a field/,
    ],
    [
      'all of a list',
      '{ verify: github, secret: s3cret, type: "types[*]", push: [Note] }',
      /type.*the path of a field/,
    ],
    ['a time without unit', '{ verify: github, secret: s3cret, gather: a, within: 5, push: [Note] }', /within/],
  ])('%s is a mistake, told without the secret', async (_name, events, words) => {
    const message = await mistakes(events);
    expect(message).toMatch(words);
    expect(message).not.toMatch(/s3cret|whsec_é|x y/);
  });
});
