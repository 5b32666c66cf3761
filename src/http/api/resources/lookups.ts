/** Lookups and AJAX fields for other programs: which there are, and one of them asked. */
import * as z from 'zod';
import { booleanOf } from '../../../contract/index.ts';
import { parametersOf } from '../../../gateway/lookup/match-steps.ts';
import type { Explanation } from '../../../gateway/outcome.ts';
import { writtenFlat, writtenJson } from '../../../gateway/writing.ts';
import { shownOption } from '../../../helpspot/ajax-option.ts';
import { questionOf } from '../../question.ts';
import { refuseUnknown } from '../../routes/push.ts';
import { optionsOf, refuseKeyInAddress, refuseRole } from '../caller.ts';
import { type ApiContext, FailedCall, NO_BODY, NOTHING, operation } from '../operation.ts';
import { listSchema, namedSchema } from '../schemas.ts';
import { jsonValue } from './lookup-value.ts';

const explanation = namedSchema(
  'Explanation',
  z.strictObject({
    steps: listSchema(
      z.strictObject({
        step: z.string(),
        source: z.string().optional().meta({ description: 'Absent: no source was asked.' }),
        milliseconds: z.number().optional(),
        count: z.int().optional(),
        problem: z.string().optional(),
        answer: z.enum(['fresh', 'stale']).optional().meta({ description: 'From the cache.' }),
        never: z.string().optional().meta({ description: 'Why nobody can be found so.' }),
      }),
    ),
    records: z.int(),
    customers: z.int(),
    shown: z.int(),
    notes: listSchema(z.string()),
    missing: listSchema(z.string()).optional(),
    fields: listSchema(z.string()).optional(),
  }),
);

const common = {
  reference: z.string().meta({ description: 'Leads to the lines of the log.' }),
  columns: listSchema(z.string()),
  notices: listSchema(z.string()).meta({
    description: 'What staff must know: "CRM did not answer; this is from 11:58".',
  }),
  explanation: explanation.optional().meta({ description: 'With `explain=1`.' }),
};

const flat = namedSchema(
  'LookupAnswer',
  z.strictObject({
    ...common,
    customers: listSchema(
      z.record(z.string(), z.union([z.string(), listSchema(z.record(z.string(), z.string()))])),
    ).meta({
      description: 'Element → text, or the rows of a table.',
    }),
  }),
);

const whole = namedSchema(
  'LookupAnswerWithProvenance',
  z.strictObject({
    ...common,
    customers: listSchema(z.record(z.string(), jsonValue)),
    provenance: listSchema(
      z.record(z.string(), listSchema(z.strictObject({ source: z.string(), title: z.string(), at: z.iso.datetime() }))),
    ),
  }),
);

const answer = namedSchema('Lookup', z.union([flat, whole]));

/** HelpSpot's parameters, and any others that the lookup reads. */
const parameters = {
  provenance: z.string().optional().meta({ description: '`1`: with the sources and the age of each value.' }),
  explain: z
    .string()
    .optional()
    .meta({ description: '`1`: how the answer came about, for operators whose key is not in the address.' }),
};

export const lookupOperations = [
  operation({
    id: 'listLookups',
    method: 'get',
    path: '/api/lookups',
    summary: 'The lookups, and what each is asked by',
    tag: 'lookups',
    role: 'key',
    names: NOTHING,
    query: NOTHING,
    body: NO_BODY,
    answer: namedSchema(
      'Lookups',
      z.strictObject({
        lookups: listSchema(
          z.strictObject({
            name: z.string(),
            steps: listSchema(listSchema(z.string())).meta({ description: 'Parameters that find somebody together.' }),
            parameters: listSchema(z.string()),
            addressBook: z.boolean().meta({ description: 'It has contacts only.' }),
          }),
        ),
      }),
    ),
    async perform({ gateway }) {
      const lookups = [...gateway.plan.lookups.values()].map(({ name, match, addressBook }) => {
        const steps = match.map((step) => [...new Set(parametersOf(step))]);
        return { name, steps, parameters: [...new Set(steps.flat())], addressBook: addressBook !== undefined };
      });
      return { lookups };
    },
  }),
  operation({
    id: 'askLookup',
    method: 'get',
    path: '/api/lookups/{name}',
    summary: 'Asks a lookup; its parameters are those of HelpSpot',
    tag: 'lookups',
    role: 'key',
    ofCustomers: true,
    names: z.strictObject({ name: z.string() }),
    query: z.looseObject(parameters),
    body: NO_BODY,
    answer,
    refusals: { 404: 'There is no such lookup.', 502: 'A system refused.', 503: 'A system did not answer.' },
    async perform(context) {
      const { gateway, names, req, caller } = context;
      const { lookup, options } = await asked(context, names.name);
      const [provenance, explain] = [isOn(lookup.sent['provenance']), isOn(lookup.sent['explain'])];
      if (explain) {
        refuseKeyInAddress(req);
        refuseRole(caller, 'operator');
      }
      const outcome = await gateway.lookup(
        { lookup: names.name, parameters: lookup.parameters },
        { ...options, provenance, explain },
      );
      if (outcome.failure !== undefined) throw new FailedCall(outcome.failure);
      const call = { signal: options.controller.signal, log: gateway.log };
      const written = await (provenance ? writtenJson(outcome, call) : writtenFlat(outcome, call));
      if (written.failure !== undefined) throw new FailedCall(written.failure);
      const told = explain && outcome.explanation && { explanation: explanationView(outcome.explanation) };
      return { reference: outcome.reference, ...written.value, ...told };
    },
  }),
  operation({
    id: 'askAjax',
    method: 'get',
    path: '/api/ajax/{name}',
    summary: 'Asks an AJAX selection field; its parameters are those of HelpSpot',
    tag: 'lookups',
    role: 'key',
    ofCustomers: true,
    names: z.strictObject({ name: z.string() }),
    query: z.looseObject({}),
    body: NO_BODY,
    answer: namedSchema(
      'AjaxAnswer',
      z.strictObject({
        reference: z.string(),
        options: listSchema(
          z.strictObject({
            value: z.string().meta({ description: 'What goes into the field; empty: a line that is only read.' }),
            description: z.string(),
          }),
        ),
      }),
    ),
    refusals: { 404: 'There is no such field.', 502: 'A system refused.', 503: 'A system did not answer.' },
    async perform({ gateway, names, req, res, caller }) {
      const kind = { what: 'AJAX field', kind: 'ajax', known: gateway.plan.ajax } as const;
      refuseUnknown(gateway, kind, names.name, optionsOf(req, caller));
      const { parameters: sent, options } = await questionOf(gateway, req, res);
      const outcome = await gateway.ajax(
        { field: names.name, parameters: sent },
        { ...options, ...optionsOf(req, caller) },
      );
      if (outcome.failure !== undefined) throw new FailedCall(outcome.failure);
      return { reference: outcome.reference, options: outcome.answer.options.map(shownOption) };
    },
  }),
] as const;

/** @throws {Refusal} for a name that is none */
async function asked({ gateway, req, res, caller }: ApiContext, name: string) {
  refuseUnknown(gateway, { what: 'lookup', kind: 'lookup', known: gateway.plan.lookups }, name, optionsOf(req, caller));
  const { parameters: sent, options } = await questionOf(gateway, req, res);
  // No prototype: a parameter may be called like anything.
  const rest = Object.assign(Object.create(null), sent);
  delete rest.provenance;
  delete rest.explain;
  return { lookup: { sent, parameters: rest }, options: { ...options, ...optionsOf(req, caller) } };
}

function isOn(word = ''): boolean {
  return word !== '' && booleanOf(word) !== false;
}

function explanationView(told: Explanation): z.output<typeof explanation> {
  const { steps, records, customers, shown, notes = [], missing, fields } = told;
  return {
    steps: steps.map(({ step, source, milliseconds, count, problem, answer: kept, never }) => ({
      ...{ step, source, milliseconds, count, problem, answer: kept, never },
    })),
    ...{ records, customers, shown, notes, missing, fields },
  };
}
