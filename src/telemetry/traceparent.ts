/** `traceparent` of W3C Trace Context, version 00 and what later versions must keep: https://www.w3.org/TR/trace-context/ */
import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';

const FIELDS = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;
const HEADER_LENGTH = 55;

/** The span of the caller; undefined for what is no such header: then the call begins a trace of its own. */
export function readTraceparent(header: string): SpanContext | undefined {
  const [, version = 'ff', traceId = '', spanId = '', flags = ''] = FIELDS.exec(header) ?? [];
  // Version 00 ends with its flags; ff is none.
  if (version === 'ff' || (version === '00' && header.length !== HEADER_LENGTH)) return undefined;
  const isSampled = (Number.parseInt(flags, 16) & TraceFlags.SAMPLED) !== 0;
  const context = { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}

/** The header that tells another system of a span. */
export function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0')}`;
}
