/** What every request of a web API can say: the source's own, one for a match step, and the one for everybody. */
import * as z from 'zod';
import { checked, requestShape, UrlTemplate } from '../../src/kit/web/index.ts';
import { pagingSetting } from './paging-settings.ts';

/** How a request is sent. */
export const methodSetting = z.enum(['GET', 'POST']).optional().describe('Left out: POST with a body, GET without.');

/** Checked in relation to another address, which it may be below. */
export const addressBelow = z.string().superRefine(checked((text) => new UrlTemplate(text, 'https://host.example')));

/** What a request finds, besides where it goes. */
export const answerShape = {
  records: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where the records are in an answer: $.data.items, data.items; XPath for XML. Left out: the whole answer.',
    ),
  paging: pagingSetting.optional().describe('How the next page is asked for. Left out: one page is read.'),
};

/** A request beside the source's own. */
export const requestSetting = z.strictObject({
  url: addressBelow
    .optional()
    .describe('Left out: the address of the source. May begin with a slash: /people/{{customer_id}}.'),
  method: methodSetting,
  ...requestShape,
  ...answerShape,
});

/** The values of {@link requestSetting}. */
export type RequestSet = z.output<typeof requestSetting>;
