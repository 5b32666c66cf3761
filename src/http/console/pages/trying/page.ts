/**
 * A page on which a call of HelpSpot is tried. What is typed comes in the body of a form, never in an address: addresses stay in
 * histories and logs, and this is about customers. The address has the name of what is tried at most.
 */
import { type ComponentChild, h } from 'preact';
import type { HelpDeskField } from '../../../../contract/index.ts';
import type { GatewayPlan } from '../../../../gateway/plan.ts';
import type { Parameters } from '../../../../helpspot/parameters.ts';
import { changeForm, choice, notice } from '../../page.ts';
import type { Texts } from '../../texts/en.ts';
import type { ConsolePage, View, Visit } from '../../visit.ts';
import { type CallForm, formFields, typedIn } from './form.ts';

/** No parameter of HelpSpot has such a name. */
const NAME = 'console-name';
const ASK = 'ask';

/** A kind of calls, of which one is tried. */
export interface TrialKind<Plan> {
  readonly path: string;
  heading(texts: Texts): string;
  /** What can be tried, by name. */
  plans(plan: GatewayPlan): ReadonlyMap<string, Plan>;
  /** What one of them is called, and what is said where there is none. */
  words(texts: Texts): { readonly one: string; readonly none: string };
  form(plans: readonly Plan[], known: readonly HelpDeskField[]): CallForm;
  /** What comes of the call. */
  tried(visit: Visit, trial: TriedCall<Plan>): Promise<ComponentChild>;
}

/** One call. */
export interface TriedCall<Plan> {
  readonly plan: Plan;
  readonly filled: Parameters;
  readonly form: CallForm;
  /** HelpSpot's custom fields, where they are known. */
  readonly known: readonly HelpDeskField[];
}

/** The page of a kind. */
export function trialPage<Plan>(kind: TrialKind<Plan>): ConsolePage {
  return {
    path: kind.path,
    heading: kind.heading,
    role: 'viewer',
    show: (visit) => drawn(kind, visit, visit.query.get(NAME), 'empty'),
    actions: { [ASK]: { role: 'viewer', perform: (visit) => drawn(kind, visit, visit.form.get(NAME), 'filled') } },
  };
}

/** The form, and below it what came of the call. */
async function drawn<Plan>(
  kind: TrialKind<Plan>,
  visit: Visit,
  named: string | null,
  state: 'empty' | 'filled',
): Promise<View> {
  const { gateway, texts, signal, csrf } = visit;
  const plans = kind.plans(gateway.plan);
  const words = kind.words(texts);
  const [first] = plans.keys();
  if (first === undefined) return { content: notice('warning', words.none) };
  const known = await gateway.customFields(signal);
  const form = kind.form([...plans.values()], known);
  const filled = typedIn(form, state === 'empty' ? new URLSearchParams() : visit.form);
  const wanted = named ?? (plans.has('default') ? 'default' : first);
  const plan = plans.get(wanted);
  const names = Array.from(plans.keys(), (name) => [name, name] as const);
  const content = [
    changeForm(
      csrf,
      `${kind.path}/${ASK}`,
      choice(words.one, NAME, names, wanted),
      ...formFields(form, filled, texts),
      h('p', null, h('button', { class: 'main' }, kind.heading(texts))),
    ),
    plan === undefined ? notice('problem', texts.notFound) : undefined,
    plan !== undefined && state === 'filled' ? await kind.tried(visit, { plan, filled, form, known }) : undefined,
  ];
  return { content };
}
