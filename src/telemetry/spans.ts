/** Spans of what the gateway does: names of the configuration, kinds of outcomes and counts, and never a customer's value. */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  type Tracer as OpenTelemetryTracer,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Stretch, StretchEnd, StretchEnds, Tracer } from '../gateway/telemetry.ts';
import { readTraceparent } from './traceparent.ts';

/** The work that runs. */
export interface RunningSpan {
  readonly reference: string;
  readonly span: Span;
  readonly context: Context;
  /** Whether HTTP requests of this work tell the other system of it. */
  readonly passesOn: boolean;
}

/** Makes a span of each stretch, below the one that it runs in. */
export class SpanTracer implements Tracer {
  readonly #tracer: OpenTelemetryTracer;
  readonly #running = new AsyncLocalStorage<RunningSpan>();

  constructor(tracer: OpenTelemetryTracer) {
    this.#tracer = tracer;
  }

  /** The work that runs where this is asked. */
  running(): RunningSpan | undefined {
    return this.#running.getStore();
  }

  async trace<T>(stretch: Stretch, work: () => Promise<T>, ends: StretchEnds<T>): Promise<T> {
    const { name, kind, attributes } = descriptionOf(stretch);
    const context = this.#parentOf(stretch);
    const { reference } = stretch;
    const span = this.#tracer.startSpan(
      name,
      { kind, attributes: { 'helpspot_gateway.reference': reference, ...attributes } },
      context,
    );
    const passesOn = stretch.kind !== 'call' && stretch.passesOn;
    const running = { reference, span, context: trace.setSpan(context, span), passesOn };
    try {
      const result = await this.#running.run(running, work);
      end(span, ends.answered(result));
      return result;
    } catch (error) {
      end(span, ends.failed(error));
      throw error;
    }
  }

  /** What is left to the queue may be taken up while another call runs, and is not a part of that. */
  #parentOf(stretch: Stretch): Context {
    const around = this.#running.getStore();
    if (around !== undefined && around.reference === stretch.reference) return around.context;
    const header = stretch.kind === 'call' ? stretch.traceparent : undefined;
    const caller = header === undefined ? undefined : readTraceparent(header);
    return caller === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
  }
}

interface Description {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

function descriptionOf(stretch: Stretch): Description {
  if (stretch.kind === 'call') {
    const { call, name, via } = stretch;
    return {
      name: name === undefined ? call : `${call} ${name}`,
      kind: via === 'http' ? SpanKind.SERVER : SpanKind.INTERNAL,
      attributes: { 'helpspot_gateway.call': call, 'helpspot_gateway.name': name, 'helpspot_gateway.via': via },
    };
  }
  const { source, adapter } = stretch;
  const asked = { 'service.peer.name': source, 'helpspot_gateway.source': source, 'helpspot_gateway.adapter': adapter };
  if (stretch.kind === 'question') return { name: `find ${source}`, kind: SpanKind.CLIENT, attributes: asked };
  const { target, push, attempt } = stretch;
  const pushed = {
    'helpspot_gateway.target': target,
    'helpspot_gateway.push': push,
    'helpspot_gateway.attempt': attempt,
  };
  return { name: `send ${target}`, kind: SpanKind.CLIENT, attributes: { ...asked, ...pushed } };
}

/** Never throws: an end that cannot be told takes nothing from the work. */
function end(span: Span, { outcome, isFailed, status, records, from, isStale, isResting }: StretchEnd): void {
  span.setAttributes({
    'helpspot_gateway.outcome': outcome,
    'helpspot_gateway.records': records,
    'helpspot_gateway.answered_from': from,
    'helpspot_gateway.stale': isStale,
    'helpspot_gateway.breaker': isResting === undefined ? undefined : isResting ? 'open' : 'closed',
    'http.response.status_code': status,
    'error.type': isFailed ? (status === undefined ? outcome : String(status)) : undefined,
  });
  if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
