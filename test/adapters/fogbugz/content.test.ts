/** Nothing that a customer or an administrator writes breaks out of a form, a multipart body or JSON. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { runs } from '../../support/runs.ts';
import { openFogBugz } from './source.ts';

const NASTY = [
  ...[
    '&cmd=logoff',
    '"',
    "'",
    '\\',
    '}',
    '%00',
    '%26',
    '+',
    '=',
    '<![CDATA[',
    ']]>',
    '&amp;',
    '<error code="3">',
    '\u0000',
    '\u0007',
  ],
  ...[
    '\uD800',
    '\uFFFE',
    '\r\n--boundary\r\nContent-Disposition: form-data; name="token"\r\n\r\nx',
    '🔥',
    'é',
    '\n',
    '\t',
    '\u2028',
    '\u0085',
    '\uFFFD',
  ],
];
const nasty = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 8 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join(''));

/** What XML cannot hold is left out. */
function kept(text: string): string {
  return Array.from(text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')).join('');
}

/** Line ends of a multipart form are CRLF (https://html.spec.whatwg.org/#constructing-the-form-data-set), of XML LF. */
function lines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

describe.each(['xml', 'json'] as const)('by the %s API', (api) => {
  it.each([false, true])('what is written arrives, and nothing else does (with a file: %s)', async (withFile) => {
    const { fogBugz, target } = await openFogBugz({ api }, { extra: { sVersion: '{{evil}}' } });
    const files = withFile ? [{ name: 'a.txt', type: 'text/plain', url: undefined, bytes: Buffer.from('x') }] : [];
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, nasty, async (title, body, area, evil) => {
        const request = pushRequest({
          title: `T${title}`,
          body: `B${body}`,
          fields: { area: `A${area}!` },
          files,
          values: { evil },
        });
        const { id } = await target.push(request, context());
        const made = fogBugz.made.at(-1);
        expect(String(made?.id)).toBe(id);
        expect(lines(made?.columns['sTitle'] ?? '')).toBe(lines(kept(`T${title}`)));
        expect(lines(made?.events[0] ?? '')).toBe(lines(kept(`B${body}`)));
        expect(lines(made?.columns['sArea'] ?? '')).toBe(lines(kept(`A${area}!`)));
        expect(lines(made?.columns['sVersion'] ?? '')).toBe(lines(kept(evil).trim()));
        expect(made?.columns['sScoutDescription']).toBe(request.reference);
        // And it comes back as it is.
        const shown = await target.details?.(id, context());
        expect(lines(shown?.title ?? '').trim()).toBe(lines(kept(`T${title}`)).trim());
      }),
      runs(60),
    );
  });
});
