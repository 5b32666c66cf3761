/** A source of an adapter that pushes, opened as the gateway does, and a push to give to it. */

import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Adapter, PushRequest, Source } from '../../src/contract/index.ts';
import { type RecordedLog, recordedLog } from './log.ts';

/** An open source that can push. */
export interface PushSource extends Source {
  readonly push: NonNullable<Source['push']>;
  readonly log: RecordedLog;
}

/** Opens a source as the configuration would; closed when the test ends. Paths of the settings are absolute. */
export async function openTarget(adapter: Adapter, settings: object, name = 'target'): Promise<PushSource> {
  const log = recordedLog();
  const services = { name, log, resolve: (path: string) => resolve('/', path) };
  const source = await adapter.open(adapter.settings.parse(settings), services);
  onTestFinished(async () => await source.close?.());
  const { push, pushedText, pushFields, findPush, details, find, close } = source;
  if (push === undefined) throw new Error(`a source of ${adapter.name} pushes`);
  return {
    log,
    check: source.check.bind(source),
    push: push.bind(source),
    ...(pushedText === undefined ? {} : { pushedText: pushedText.bind(source) }),
    ...(pushFields === undefined ? {} : { pushFields: pushFields.bind(source) }),
    ...(findPush === undefined ? {} : { findPush: findPush.bind(source) }),
    ...(details === undefined ? {} : { details: details.bind(source) }),
    ...(find === undefined ? {} : { find: find.bind(source) }),
    ...(close === undefined ? {} : { close: close.bind(source) }),
  };
}

let made = 0;

/** A push of a small request (manual, chapter 2.2), each with a reference of its own. */
export function pushRequest(more: Partial<PushRequest> = {}): PushRequest {
  made += 1;
  const values = { xRequest: '12400', sTitle: 'Printer on fire', sFirstName: 'Bob', sLastName: 'Jones' };
  return {
    reference: `hs-test-${process.pid.toString(36)}-${made.toString(36).padStart(6, '0')}`,
    title: 'Printer on fire',
    body: 'The printer on floor 3 is on fire.\n\nPlease help.',
    fields: {},
    link: { href: 'https://help.example.com/admin?pg=request&reqid=12400', text: 'HelpSpot request 12400' },
    files: [],
    values: { ...values, sEmail: 'bob@example.com', note: 'The printer on floor 3 is on fire.' },
    ...more,
  };
}
