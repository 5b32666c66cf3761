/** Requests pushed to any HTTP address: Zapier, Slack, Microsoft Teams, or a program of the house. */
import { defineAdapter, type PushAbility } from '../../src/contract/index.ts';
import { thingIn } from '../../src/kit/text/index.ts';
import { UrlTemplate } from '../../src/kit/web/index.ts';
import { settings } from './settings.ts';
import { openHook } from './source.ts';

/** Under `fields` of a push target, the administrator names places of the templates. */
const push: PushAbility = {
  format: 'text',
  fields: 'any',
  // Every attempt has the same webhook-id, as those who take web hooks expect.
  whenUnclear: 'repeat',
};

export default defineAdapter({
  name: 'webhook',
  title: 'Web hook',
  // The path of such an address is as good as a password.
  titleOf: ({ url }) => new URL(new UrlTemplate(url).origin).host,
  settings,
  finds: false,
  push,
  pushOf: ({ bodyFormat, idempotencyHeader, details }) => ({
    ...push,
    format: bodyFormat,
    idempotent: idempotencyHeader !== undefined,
    // Without `details` nobody can say whether a thing is there.
    linking: details && { thing: 'item', idIn: numbered },
  }),
  open: openHook,
});

/** "#1234", "#AB-12": what ids look like there is not known, and a word without a digit is none. */
function numbered(comment: string): string | undefined {
  if (!comment.trimStart().startsWith('#')) return undefined;
  const id = thingIn(comment, { id: /^[\w.-]{1,200}$/ });
  return id !== undefined && /\d/.test(id) ? id : undefined;
}
