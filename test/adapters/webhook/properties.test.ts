/** Whatever a request holds, a push carries it as data, and it arrives as it is. */

import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import webhook from '../../../adapters/webhook/index.ts';
import { parseXml } from '../../../src/kit/http/xml.ts';
import { injectionCorpus } from '../../support/adapter-suite.ts';
import { context } from '../../support/open-source.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';
import { runs } from '../../support/runs.ts';
import { startIssues, startSlack, startZapier } from '../../support/web/hooks.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'"\\\'<>&{}[]|!@#*_`\r\n\t\0 a1é🔥') }),
  fc.constantFrom(
    ...injectionCorpus,
    '{{title}}',
    '{{secret | raw}}',
    '<!channel>',
    '<https://evil.example.com|x>',
    ']]>',
  ),
);
const given = fc.record({ title: text, body: text, note: text, field: text });
const RUNS = runs(80);

function requestOf({ title, body, note, field }: { title: string; body: string; note: string; field: string }) {
  return pushRequest({
    title: `t${title}`,
    body,
    fields: { project: field },
    values: { note, secret: 'never asked for' },
  });
}

/** What is empty is left out; half of a surrogate pair is no character. */
function without(object: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => (value === '' ? [] : [[key, value.toWellFormed()]])),
  );
}

it('as signed JSON', async () => {
  const { settings, standIn, taken } = await startIssues();
  onTestFinished(() => standIn.close());
  const json = { title: '{{title}}', in: { body: '{{body}}', note: '{{note}}', project: '{{project}}' }, is: true };
  const target = await openTarget(webhook, { ...settings, json });
  await fc.assert(
    fc.asyncProperty(given, async (values) => {
      await target.push(requestOf(values), context());
      const { body, note, field } = values;
      const inside = without({ body, note, project: field });
      const expected = { title: `t${values.title}`.toWellFormed(), in: inside, is: true };
      const { in: empty, ...rest } = expected;
      expect(taken.at(-1)).toEqual(Object.keys(inside).length === 0 ? rest : { ...rest, in: empty });
    }),
    RUNS,
  );
});

it('as a form, with a header and an address', async () => {
  const { url, standIn, taken } = await startZapier();
  onTestFinished(() => standIn.close());
  const form = { title: '{{title}}', body: '{{body}}' };
  const headers = { 'x-title': '{{title}}', 'x-note': '{{note}}' };
  const target = await openTarget(webhook, { url, form, headers, query: { n: '{{note | max 1000}}' } });
  await fc.assert(
    fc.asyncProperty(given, async (values) => {
      // An address of any length is nothing that a server must take.
      const short = { ...values, title: values.title.slice(0, 500), note: values.note.slice(0, 500) };
      await target.push(requestOf(short), context());
      expect(taken.at(-1)).toEqual(without({ title: `t${short.title}`, body: short.body }));
      const received = standIn.received.at(-1);
      expect(received?.query.get('n') ?? '').toBe(short.note.toWellFormed());
      expect(
        Object.keys(received?.headers ?? {})
          .filter((name) => name.startsWith('x-'))
          .sort(),
      ).toEqual(short.note === '' ? ['x-title'] : ['x-note', 'x-title']);
    }),
    RUNS,
  );
});

it('as XML', async () => {
  const { url, standIn } = await startZapier();
  onTestFinished(() => standIn.close());
  // The stand-in reads JSON and forms: what it got is looked at here.
  const target = await openTarget(webhook, {
    url: `${url}xml`,
    success: { status: [200] },
    xml: '<r t="{{title}}"><body>{{body}}</body></r>',
  });
  await fc.assert(
    fc.asyncProperty(given, async (values) => {
      await target.push(requestOf(values), context()).catch(() => undefined);
      const root = parseXml(standIn.received.at(-1)?.text() ?? '');
      const legal = (one: string) => one.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
      expect(root.attribute('t')).toBe(legal(`t${values.title}`));
      expect(root.child('body')?.text ?? '').toBe(legal(values.body));
      expect(root.children().map(({ name }) => name)).toEqual(values.body === '' ? [] : ['body']);
    }),
    RUNS,
  );
});

it('to Slack without a control sequence of its own', async () => {
  const { settings, standIn, taken } = await startSlack();
  onTestFinished(() => standIn.close());
  const target = await openTarget(webhook, { ...settings, json: { text: '{{title}} {{body}}' } });
  await fc.assert(
    fc.asyncProperty(given, async (values) => {
      await target.push(requestOf(values), context());
      const sent = String(Object(taken.at(-1)).text);
      expect(sent).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      const read = sent.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
      expect(read).toBe(`t${values.title} ${values.body}`.toWellFormed());
    }),
    RUNS,
  );
});
