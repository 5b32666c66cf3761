/** What `/metrics` counts as it happens. */
import type { Registry } from 'prom-client';
import type { GatewayEvent } from '../../gateway/telemetry.ts';

/** From 10 ms, a lookup in files, to the longest deadline that is sensible. Seconds. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @returns counts an event */
export function counters({ Counter, Histogram }: typeof import('prom-client'), registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(what: string, labelNames: readonly Label[], help: string) =>
    new Counter({ name: `helpspot_gateway_${what}_total`, help, labelNames, registers });
  const duration = <Label extends string>(what: string, label: Label, help: string) => {
    const name = `helpspot_gateway_${what}_duration_seconds`;
    return new Histogram({ name, help, labelNames: [label], buckets: BUCKETS, registers });
  };

  const pushes = counter(
    'pushes',
    ['target', 'result'],
    'What became of pushes: accepted, repeated, refused, done, postponed, failed, unclear.',
  );
  const alerts = counter(
    'alerts',
    ['target', 'result'],
    'What became of alerts about pushes: accepted, done (sent), postponed, failed, unclear.',
  );
  const lookups = counter('lookups', ['lookup', 'result'], 'Live Lookups: answered, failed.');
  const lookupSeconds = duration('lookup', 'lookup', 'How long Live Lookups took.');
  const audit = counter(
    'audit_entries',
    ['result'],
    'Entries of the audit: kept (in its file), lost (they could not be written).',
  );
  const calls = counter(
    'source_calls',
    ['source', 'result'],
    'Questions that sources were asked: answered, or how they failed (unreachable, timeout, unauthorized …).',
  );
  const callSeconds = duration('source_call', 'source', 'How long sources took to answer, or to fail.');
  const cache = counter(
    'source_cache',
    ['source', 'hit'],
    'Questions to sources that keep their answers: fresh (not asked again), miss (asked), stale (failed, and an old answer stood in).',
  );
  const indexLookups = counter(
    'index_lookups',
    ['source', 'hit'],
    'Questions to sources with an index: instead (answered from it, not asked), stale (the source failed, and it stood in), miss (it could not answer).',
  );
  const indexRuns = counter(
    'index_runs',
    ['source', 'result'],
    'Runs that bring the index up to date: done, held (ended, but asks before it removes so many), failed.',
  );
  const events = counter(
    'events',
    ['events', 'result'],
    'Events of other systems: stored, repeated, late (its record was closed), alone (not gathered), refused (wrong signature), unreadable, unstored.',
  );

  return (event: GatewayEvent): void => {
    switch (event.kind) {
      case 'push': {
        const { target, result } = event;
        pushes.inc({ target, result });
        if (event.isAlert === true) alerts.inc({ target, result });
        break;
      }
      case 'lookup':
        lookups.inc({ lookup: event.lookup, result: event.failed ? 'failed' : 'answered' });
        lookupSeconds.observe({ lookup: event.lookup }, event.seconds);
        break;
      case 'source':
        calls.inc({ source: event.source, result: event.result });
        callSeconds.observe({ source: event.source }, event.seconds);
        break;
      case 'audit':
        audit.inc({ result: event.result }, event.count);
        break;
      case 'cache':
        cache.inc({ source: event.source, hit: event.hit });
        break;
      case 'index':
        indexLookups.inc({ source: event.source, hit: event.hit });
        break;
      case 'index-run':
        indexRuns.inc({ source: event.source, result: event.result });
        break;
      case 'event':
        events.inc({ events: event.stream, result: event.result });
        break;
    }
  };
}
