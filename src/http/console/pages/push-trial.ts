/** Try a push: what would be sent, without sending it; then, asked once more, really. */
import { type ComponentChild, h } from 'preact';
import { type GatewayPlan, mayDo } from '../../../gateway/plan.ts';
import { templatePlaces } from '../../../gateway/push/filling.ts';
import type { PushPreview } from '../../../gateway/push/outcome.ts';
import type { PushedRequest } from '../../../helpspot/pushed-request.ts';
import { changed } from '../changed.ts';
import { changeForm, choice, hrefOf, labelled, notice, section, textField } from '../page.ts';
import type { Texts } from '../texts/en.ts';
import { hidingSecrets } from '../visible.ts';
import type { View, Visit } from '../visit.ts';
import { hidden } from './push-changes.ts';
import { pushContent } from './push-content.ts';

/** HelpSpot's own names of the fields of a request (manual, chapter 2.2), in the order of its page. */
const FIELDS = ['xRequest', 'sTitle', 'sUserId', 'sFirstName', 'sLastName', 'sEmail', 'sPhone'] as const;
const TEXTS = ['tNote', 'staff_comment', 'others'] as const;
const CUSTOM = /^Custom\d{1,9}$/;
/** More custom fields than any template names. */
const MOST_CUSTOM = 100;
/** A note that is typed here is for a trial. Characters. */
const LONGEST_TEXT = 50_000;
/** Of what would be sent: more makes a page that browsers do not draw. */
const LONGEST_SENT = 200_000;

/** The empty form. */
export async function tryForm(visit: Visit): Promise<View> {
  return { heading: visit.texts.tryPush, content: formOf(visit) };
}

/** The form with what would be sent. */
export async function tryPush(visit: Visit): Promise<View> {
  const { gateway, form, texts, csrf, user } = visit;
  const target = form.get('target') ?? '';
  const request = await requestOf(visit);
  const { preview, failure } = await gateway.pushes.preview({ target, request }, {});
  const content = [
    preview === undefined
      ? notice('problem', failure.message)
      : section(
          texts.wouldBeSent(target),
          notice('done', texts.nothingSent),
          pushContent(visit, preview),
          ...sentContent(visit, preview),
        ),
    preview !== undefined && mayDo(user.role, 'operator')
      ? changeForm(csrf, 'pushes/ask-send', ...sentFields(form), h('button', null, texts.sendReally))
      : undefined,
    section(texts.changeTrial, formOf(visit)),
  ];
  return { heading: texts.tryPush, content, ...(failure && { status: failure.status }) };
}

/** What the templates of the source make of it, where it has some. */
function sentContent(visit: Visit, { sent }: PushPreview): ComponentChild[] {
  const { texts } = visit;
  if (sent === undefined) return [];
  const text = hidingSecrets(visit, sent.text ?? sent.problem)
    .slice(0, LONGEST_SENT)
    .toWellFormed();
  const isProblem = sent.problem !== undefined;
  return [h('h3', null, texts.sentByTemplate), isProblem ? notice('problem', text) : h('pre', null, text)];
}

/** The question before it is sent. */
export async function askSend({ form, texts, csrf }: Visit): Promise<View> {
  const content = [
    notice('warning', texts.askSend(form.get('target') ?? '')),
    changeForm(csrf, 'pushes/send', ...sentFields(form), h('button', { class: 'main' }, texts.yesSend)),
    h('p', null, h('a', { href: hrefOf('pushes/try') }, texts.backToTrial)),
  ];
  return { heading: texts.tryPush, content };
}

/** Sends it, as HelpSpot would. */
export async function sendTried(visit: Visit): Promise<View> {
  const { gateway, form, texts, user, signal } = visit;
  const target = form.get('target') ?? '';
  const asked = { target, request: await requestOf(visit) };
  const { id, failure } = await gateway.push(asked, { via: 'console', caller: user.name });
  if (failure !== undefined) {
    return { heading: texts.tryPush, content: notice('problem', failure.message), status: failure.status };
  }
  const ledger = await gateway.pushes.ledger(signal);
  const own = ledger?.find(target, id)?.id ?? id;
  changed(visit, { what: 'push.send', of: `${target} ${own}`, things: [own] });
  const content = [
    notice('done', texts.sentReally(target)),
    h('p', null, h('a', { href: hrefOf(`pushes/${encodeURIComponent(own)}`) }, own)),
  ];
  return { heading: texts.tryPush, content };
}

function formOf({ gateway, form, texts, csrf }: Visit): ComponentChild {
  const { plan } = gateway;
  const targets = [...plan.push.keys()].map((name) => [name, name] as const);
  if (targets.length === 0) return notice('warning', texts.noPushTargets);
  const labels: Readonly<Record<(typeof FIELDS)[number], string>> = {
    xRequest: texts.requestNumber,
    sTitle: texts.emailSubject,
    sUserId: texts.pushCustomerId,
    sFirstName: texts.pushFirstName,
    sLastName: texts.pushLastName,
    sEmail: texts.pushEmail,
    sPhone: texts.pushPhone,
  };
  const value = (name: string) => form.get(name) ?? '';
  return changeForm(
    csrf,
    'pushes/try',
    choice(texts.target, 'target', targets, value('target')),
    h(
      'div',
      { class: 'fields' },
      ...FIELDS.map((name) => textField(labels[name], name, value(name), { maxLength: 1_000 })),
      ...customFields(plan).map((name) =>
        textField(customLabel(name, texts), name, value(name), { maxLength: 10_000 }),
      ),
    ),
    area(texts.firstNote, 'tNote', value('tNote')),
    area(texts.staffComment, 'staff_comment', value('staff_comment')),
    area(texts.otherCustomFields, 'others', value('others'), 2),
    h('button', { class: 'main' }, texts.showPush),
  );
}

function area(label: string, name: string, value: string, rows = 4): ComponentChild {
  return labelled(label, `f-${name}`, h('textarea', { id: `f-${name}`, name, rows, maxLength: LONGEST_TEXT, value }));
}

function customLabel(name: string, texts: Texts): string {
  return texts.customFieldNumber(name.slice('Custom'.length));
}

/** Those that a template of a push target names; a level of a drill-down field is one of its field. */
function customFields({ push }: GatewayPlan): readonly string[] {
  const places = [...push.values()].flatMap(templatePlaces).map((place) => place.split('.', 1)[0] ?? '');
  return [...new Set(places.filter((place) => CUSTOM.test(place)))].slice(0, MOST_CUSTOM);
}

/** What the form has, once more in the next one. */
function sentFields(form: URLSearchParams): ComponentChild[] {
  const names = [...form.keys()].filter(
    (name) => name === 'target' || [...FIELDS, ...TEXTS].some((one) => one === name) || CUSTOM.test(name),
  );
  return hidden(Object.fromEntries(names.map((name) => [name, form.get(name) ?? ''])));
}

/** As HelpSpot would send it; the staff member is who is signed in. */
async function requestOf({ form, user }: Visit): Promise<PushedRequest> {
  const { readPushedRequest } = await import('../../../helpspot/pushed-json.ts');
  const named = FIELDS.map((name) => [name, form.get(name) ?? '']);
  const custom = [...form].filter(([name]) => CUSTOM.test(name));
  const note = { xRequestHistory: '1', xPerson: '0', fPublic: '1', fInitial: '1', fNoteIsHTML: '0' };
  const request = {
    ...Object.fromEntries([...named, ...custom, ...otherFields(form.get('others') ?? '')].slice(0, MOST_CUSTOM)),
    staff_comment: form.get('staff_comment') ?? '',
    acting_person_fname: user.name,
    request_history: { 1: { ...note, tNote: (form.get('tNote') ?? '').slice(0, LONGEST_TEXT) } },
  };
  return readPushedRequest(JSON.stringify(request));
}

/** `Custom7=north`, one a line; what is none is left out. */
function otherFields(text: string): readonly (readonly [string, string])[] {
  return text
    .slice(0, LONGEST_TEXT)
    .split('\n', MOST_CUSTOM)
    .flatMap((line) => {
      const at = line.indexOf('=');
      const name = line.slice(0, Math.max(0, at)).trim();
      return CUSTOM.test(name) ? [[name, line.slice(at + 1).trim()] as const] : [];
    });
}
