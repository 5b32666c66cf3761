/** A push that is tried: what would be pushed. Nothing is stored, and the target is not asked. */
import type { CallContext } from '../../contract/index.ts';
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import { answerCall, CallerGone, type CallKind, type CallOptions } from '../call.ts';
import { asSourceError, failureOf, failureText } from '../failure.ts';
import type { GatewayPlan } from '../plan.ts';
import type { FilledPush } from './filling.ts';
import { newPushName } from './fingerprint.ts';
import { OF_TARGET, type PushHost } from './host.ts';
import { namedThing } from './linking.ts';
import type { PreviewOutcome, PushPreview } from './outcome.ts';
import type { PushTargetPlan } from './plan.ts';
import { preparedPush } from './preparing.ts';
import { refusalOf, within } from './refusals.ts';

/** Nothing comes of it, so the audit has nothing of it. */
const PREVIEW: CallKind<GatewayPlan, PushTargetPlan> = {
  ...OF_TARGET,
  audited: undefined,
  failing: ['the preview of a push', 'this'],
};

/** A push that is not to be sent. */
export interface PushTrial {
  readonly target: string;
  readonly request: PushedRequest;
}

/** Fills in a push. A failure is an outcome; it does not throw. */
export function previewPush(
  { target, request }: PushTrial,
  options: CallOptions,
  host: PushHost,
): Promise<PreviewOutcome> {
  return answerCall(PREVIEW, { name: target }, options, host, async (plan, call) => {
    const { reference } = call;
    try {
      return await call.withinDeadline(async (signal) => {
        const context = { signal, reference };
        const { ability, filled, asked } = await within(preparedPush(plan, request, host, context), signal);
        const linked = namedThing(plan, ability, asked);
        const sent = await sentText(plan, filled, host, context);
        return { preview: { ...filled, format: ability.format, ...(linked && { linked }), sent } };
      });
    } catch (error) {
      if (error instanceof CallerGone) throw error;
      const { words, status, fields, message } = refusalOf(error, [target]);
      host.log.warn({ reference, target, ...fields }, `a push was tried without sending it: ${message}`);
      return { failure: failureOf([words], reference, status) };
    }
  });
}

/** What the templates of the source make of it; what is wrong with them does not hide what is filled in already. */
async function sentText(
  plan: PushTargetPlan,
  filled: FilledPush,
  host: PushHost,
  context: CallContext,
): Promise<PushPreview['sent']> {
  try {
    const request = { ...filled, reference: newPushName(Date.now()).reference };
    const text = await host.source(plan.source).call(context, async (opened) => opened.pushedText?.(request));
    return text === undefined ? undefined : { text };
  } catch (error) {
    context.signal.throwIfAborted();
    return { problem: failureText(asSourceError(error, context.signal, `source ${plan.source}`)) };
  }
}
