/** The source behind an AJAX selection field. */

import { expect } from 'vitest';
import type { Log } from '../../../src/contract/index.ts';
import { answerAjax } from '../../../src/gateway/ajax/options.ts';
import type { AjaxPlan } from '../../../src/gateway/ajax/plan.ts';
import { SourceHandle } from '../../../src/gateway/sources/source-handle.ts';
import { GatewayEvents } from '../../../src/gateway/telemetry.ts';
import { openedPlan, type SuiteSubject } from './subject.ts';

const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

const PEOPLE: AjaxPlan = {
  name: 'people',
  source: 'suite',
  where: [
    { field: 'last_name', value: '{{Custom1}}', optional: true, label: undefined },
    { field: 'email', value: '{{sEmail}}', optional: true, label: undefined },
  ],
  search: { fields: ['last_name', 'email'], match: 'exact', minimum: 1 },
  value: { kind: 'template', template: '{{customer_id}}' },
  description: '{{first_name}} {{last_name}}',
  group: undefined,
  before: [],
  after: [],
  order: [],
  limit: 50,
  encoding: 'utf-8',
};

const PLAN = {
  ajax: new Map([['people', PEOPLE]]),
  server: { host: '127.0.0.1', port: 0, deadlineMs: 30_000, trustProxy: [] },
  log: { level: 'info', customerValues: false },
} as const;

/** Asks as HelpSpot does; value → description of the options, in any order. */
export async function expectOptions(
  subject: SuiteSubject,
  parameters: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, string>>,
): Promise<void> {
  const handle = new SourceHandle(openedPlan(subject.adapter, subject.source), silentLog, new GatewayEvents());
  const outcome = await answerAjax(
    { field: 'people', parameters },
    {},
    { plan: () => PLAN, log: silentLog, source: () => handle },
  );
  expect(outcome.failure).toBeUndefined();
  const options = outcome.answer?.options.map(({ value, description }) => [value, description]) ?? [];
  expect(options.sort(), JSON.stringify(parameters)).toEqual(Object.entries(expected));
}
