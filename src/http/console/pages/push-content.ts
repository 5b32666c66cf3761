/** What is pushed, or would be. */
import { type ComponentChild, h } from 'preact';
import type { PushPreview } from '../../../gateway/push/outcome.ts';
import { hidingSecrets } from '../visible.ts';
import type { Visit } from '../visit.ts';
import { answerFrame } from './answer-frame.ts';

/** More of a body makes a page that browsers do not draw. Characters. */
const LONGEST_BODY = 200_000;

/** Title, fields, files and body; a body of HTML in a frame, as the other system may show it, and as it is written. */
export function pushContent(
  visit: Visit,
  push: Pick<PushPreview, 'title' | 'body' | 'fields' | 'files' | 'link' | 'linked' | 'format'>,
): ComponentChild {
  const { texts } = visit;
  const body = hidingSecrets(visit, push.body);
  const shown = body.length > LONGEST_BODY ? `${body.slice(0, LONGEST_BODY).toWellFormed()} …` : body;
  const facts: readonly (readonly [string, string])[] = [
    [texts.pushTitle, push.title],
    ...Object.entries(push.fields),
    ...push.files.map(({ name }) => [texts.pushedFile, name] as const),
    [texts.linkBack, push.link?.href ?? ''],
    [texts.wouldLink, push.linked === undefined ? '' : `${push.linked.thing} ${push.linked.id}`],
  ];
  return [
    h(
      'dl',
      null,
      facts.flatMap(([name, value]) =>
        value === '' ? [] : [h('dt', null, name), h('dd', null, hidingSecrets(visit, value))],
      ),
    ),
    h('h3', null, `${texts.pushBody} (${push.format})`),
    push.format === 'html' && shown !== '' ? answerFrame(shown, texts.pushBody) : undefined,
    shown === '' ? h('p', null, texts.none) : h('pre', null, shown),
  ];
}
