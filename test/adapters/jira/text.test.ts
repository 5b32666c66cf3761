import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adfOf, legalText, wikiOf } from '../../../adapters/jira/text.ts';
import { adfText } from '../../support/jira/validation.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { runs } from '../../support/runs.ts';
import { openDataCenter, openJira } from './source.ts';

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '{code}',
    '[~admin]',
    '!https://x.example/a.png!',
    '\\',
    '\\\\',
    '&#42;',
    'h1. ',
    'bq. ',
    '\n# ',
    '\n\n',
    '----',
    '??',
    ':)',
    '||',
  ),
  fc.constantFrom(
    'https://x.example/a_b*c',
    'http://x.example/{a}',
    '"',
    '{"type":"mention"}',
    '*a*',
    '(!)',
    '\n- ',
    '^a^',
    '~b~',
    '+c+',
  ),
);
const text = fc.array(nasty, { maxLength: 5 }).map((parts) => parts.join(''));

/** What the renderer shows, as far as escapes, entities and links to themselves go. */
function shown(wiki: string): string {
  return wiki
    .replace(/\[(https?:\/\/[^\]\s]+)\]/g, '$1')
    .replace(/\\([^\p{L}\p{N}\s])/gu, '$1')
    .replaceAll('&#92;', '\\')
    .replaceAll('&amp;', '&');
}

describe('wiki markup', () => {
  it('shows a text as it is, whatever it holds', () => {
    fc.assert(
      fc.property(text, (given) => {
        const legal = legalText(given);
        expect(shown(wikiOf(legal))).toBe(legal);
      }),
      runs(100),
    );
  });

  it('has nothing of a customer that acts', () => {
    fc.assert(
      fc.property(text, (given) => {
        const rest = wikiOf(legalText(given))
          .replace(/\[https?:\/\/[^\][{}|^\\\s]+\]/g, 'x')
          .replace(/\\[^\p{L}\p{N}\s]/gu, 'x');
        expect(rest).not.toMatch(/[{}[\]!*_^~|+]|\?\?|--|^\s*(?:h[1-6]\.|bq\.|[#-])/m);
      }),
      runs(100),
    );
  });
});

describe('a document of Jira Cloud', () => {
  it('has every word of a text, in nodes that it knows', async () => {
    fc.assert(
      fc.property(text, (given) => {
        const legal = legalText(given);
        const words = (value: string) => value.replace(/\s+/g, ' ').trim();
        expect(words(adfText(adfOf(legal)))).toBe(words(legal));
      }),
      runs(100),
    );
  });

  it('keeps lines and paragraphs', () => {
    expect(adfText(adfOf('a\nb\n\n\nc'))).toBe('a\nb\n\nc');
    expect(adfOf('')).toEqual({ version: 1, type: 'doc', content: [] });
  });
});

describe('no title, body or field', () => {
  it('breaks out of a request to Jira Cloud', async () => {
    const { running, target } = await openJira();
    await fc.assert(
      fc.asyncProperty(text, text, async (title, note) => {
        Object.assign(running, { lastNumber: 0 }).issues.length = 0;
        const fields = {
          labels: `l${note.replaceAll(',', '')}`,
          customfield_10010: `f${note}`.slice(0, 200),
          customfield_10011: `f${note}`,
        };
        const request = pushRequest({ title: `t${title}`, body: `b${note}`, fields });
        expect(await target.push(request, context())).toMatchObject({ id: 'HELP-1' });
        const issue = running.issues[0];
        const line = (value: string) => legalText(value).replace(/\s+/g, ' ').trim();
        expect(Object.keys(issue?.fields ?? {}).sort()).toEqual(
          ['customfield_10010', 'customfield_10011', 'description', 'issuetype', 'labels', 'project', 'summary'].sort(),
        );
        expect(issue?.fields['summary']).toBe(line(request.title));
        expect(issue?.fields['labels']).toEqual([line(fields.labels).replace(/\s+/g, '_'), request.reference]);
        expect(issue?.fields['customfield_10010']).toBe(line(fields.customfield_10010));
        expect(line(adfText(issue?.fields['description']))).toBe(
          line(`${legalText(request.body).trim()}\n\n${request.link?.text}: ${request.link?.href}`),
        );
      }),
      runs(60),
    );
  });

  it('breaks out of a request to Jira Data Center', async () => {
    const { running, target } = await openDataCenter();
    await fc.assert(
      fc.asyncProperty(text, async (note) => {
        running.issues.length = 0;
        await target.push(pushRequest({ body: `b${note}`, link: undefined }), context());
        expect(shown(String(running.issues[0]?.fields['description']))).toBe(legalText(`b${note}`).trim());
      }),
      runs(60),
    );
  });
});
