/** Nothing that a customer or an administrator writes breaks out of JSON, a form or an address. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { runs } from '../../support/runs.ts';
import { openCollab } from './source.ts';

const NASTY = [
  ...[
    '&ticket[name]=x',
    '&submitted=',
    '"',
    "'",
    '\\',
    '","name":"x',
    '}',
    '%00',
    '%26',
    '+',
    '=',
    '[]',
    '</p><script>',
  ],
  ...[
    '\u0000',
    '\u0007',
    '\u0085',
    '\uD800',
    '\uFFFD',
    '\r\n',
    '🔥',
    'é',
    '\n',
    '\t',
    '\u2028',
    'hs-',
    '/../',
    '?token=',
  ],
];
const nasty = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 8 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join(''));

/** Control characters and lone surrogates are left out. */
function kept(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]|\p{Cs}/gu, '');
}

it.each(['current', 'classic'] as const)('what is written arrives, and nothing else does (%s)', async (api) => {
  const { collab, target } = await openCollab({ api });
  await fc.assert(
    fc.asyncProperty(nasty, nasty, nasty, async (title, body, label) => {
      const labels = `L${label.replaceAll(',', '')}`;
      const request = pushRequest({ title: `T${title}`, body: `B${body}`, fields: { labels } });
      const { id } = await target.push(request, context());
      const made = collab.made.at(-1);
      expect(made?.name).toBe(kept(`T${title}`).trim());
      expect(made?.body).toBe(`${kept(`B${body}`)}\n<p>${request.reference}</p>`);
      expect(made?.labels.join().toUpperCase()).toBe(kept(labels).trim().toUpperCase());
      expect((await target.details?.(id, context()))?.title).toBe(kept(`T${title}`).trim());
    }),
    runs(60),
  );
});
