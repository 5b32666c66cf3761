/** Which signals go to a collector: what the environment says, under the names of OpenTelemetry. */

/** Undefined: the environment names no collector, and nothing of OpenTelemetry is loaded. */
export interface WantedSignals {
  readonly traces: boolean;
  readonly metrics: boolean;
  /** Another protocol than the one that is spoken, where the environment asks for it. */
  readonly otherProtocol: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The only protocol that is spoken. */
export const OTLP_PROTOCOL = 'http/json';

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and /docs/specs/otel/configuration/sdk-environment-variables/ */
export function wantedSignals(environment: Environment): WantedSignals | undefined {
  if (environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return undefined;
  const traces = isWanted(environment, 'TRACES');
  const metrics = isWanted(environment, 'METRICS');
  if (!traces && !metrics) return undefined;
  const protocols = [
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL',
  ];
  const otherProtocol = protocols
    .map((name) => said(environment, name))
    .find((word) => word !== '' && word !== OTLP_PROTOCOL);
  return { traces, metrics, otherProtocol };
}

function isWanted(environment: Environment, signal: 'TRACES' | 'METRICS'): boolean {
  const exporter = said(environment, `OTEL_${signal}_EXPORTER`);
  if (exporter !== '' && exporter !== 'otlp') return false;
  const places = ['OTEL_EXPORTER_OTLP_ENDPOINT', `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
  return places.some((name) => said(environment, name) !== '');
}

function said(environment: Environment, name: string): string {
  return environment[name]?.trim() ?? '';
}
