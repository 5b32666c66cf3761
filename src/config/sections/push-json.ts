/** `push.NAME.json:` How JSON of other systems becomes a request. */
import * as z from 'zod';
import { placesOf } from '../../contract/index.ts';
import { pathMistake } from '../../gateway/push/json-paths.ts';
import { isMadeOfRequest, PUSH_VALUE_NAMES } from '../../helpspot/push-value-names.ts';
import { customFieldMistake, nearest } from '../names.ts';
import { EVEN_IF_WRONG, mistake } from './common.ts';

/** HelpSpot has some forty fields, and one for each custom field; each place of a template looks through what was sent. */
const MOST_FIELDS = 200;

/** What is left of a template without its places: braces in it are a place that nobody reads. */
function templateMistake(template: string): string | undefined {
  const wrong = placesOf(template)
    .map(pathMistake)
    .find((found) => found !== undefined);
  if (wrong !== undefined) return wrong;
  let bare = template;
  for (const place of template.match(/\{\{[^{}]*\}\}/g) ?? []) bare = bare.replace(place, () => '');
  if (!bare.includes('{{') && !bare.includes('}}')) return undefined;
  return 'has {{ or }} without the other; write a path into what is sent, like {{contact.phones.0}}';
}

const template = (examples: string[]) =>
  z.string().max(10_000).superRefine(mistake(templateMistake)).meta({ title: 'a text', examples });

/** A field that templates can name, and that nothing else fills. */
function fieldMistake(name: string): string | undefined {
  if (isMadeOfRequest(name)) {
    return `is made by the gateway; map what it is made of: tNote for a note, sFirstName and sLastName for a name, dtGMTOpened for a time`;
  }
  if (name === 'request_history') return 'is a history, which no template makes; map tNote, which is one note';
  if (/[{}\s]/.test(name))
    return 'is no name of a field: templates name it as {{sTitle}}; write it without spaces and braces';
  return customFieldMistake(name) ?? capitals(name);
}

/** HelpSpot tells capitals from small letters, and so do templates. */
function capitals(name: string): string | undefined {
  const near = nearest(name, PUSH_VALUE_NAMES);
  if (near === undefined || near === name || near.toLowerCase() !== name.toLowerCase()) return undefined;
  return `is written ${near} by HelpSpot; write ${near}`;
}

/** How a push target takes JSON that is not HelpSpot's. */
export const pushJson = z
  .strictObject({
    map: z
      .record(
        z.string().min(1).max(200),
        z.union([template(['{{subject}}']), z.number(), z.boolean()]).transform(String),
      )
      .superRefine((map, context) => {
        const names = Object.keys(map);
        if (names.length === 0 || names.length > MOST_FIELDS) {
          const message =
            names.length === 0
              ? 'is empty; write a template for each field: map: { sTitle: "{{subject}}" }'
              : `has more than ${MOST_FIELDS} fields; leave out what the target does not use`;
          context.addIssue({ code: 'custom', message });
        }
        for (const name of names.slice(0, MOST_FIELDS)) {
          const message = fieldMistake(name);
          if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
        }
      }, EVEN_IF_WRONG)
      .meta({
        description:
          "Fields of a request, under HelpSpot's names or your own, with what goes into them: templates with paths into the JSON that is sent.",
        examples: [{ sTitle: '{{subject}}', sPhone: '{{contact.phone}}', tNote: '{{text}}' }],
      }),
    idempotencyKey: template(['{{event.id}}'])
      .refine((text) => placesOf(text).length > 0, {
        message: 'names no place, so that every push would be the same one; write the path of an id: "{{event.id}}"',
      })
      .meta({
        description:
          'A template: what has the same text of it within a day is the same push. The header Idempotency-Key goes before it.',
        examples: ['{{event.id}}'],
      })
      .optional(),
  })
  .meta({
    description: 'Takes JSON of other systems, too: how it becomes a request. Left out: HelpSpot alone pushes.',
    examples: [{ map: { sTitle: '{{subject}}', tNote: '{{text}}' } }],
  });
