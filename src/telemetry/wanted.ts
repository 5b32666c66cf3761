/** Which signals go to a collector: what the environment says, under the names of OpenTelemetry. */
import { parsedAddress } from '../kit/text/index.ts';

/** Undefined: the environment names no collector, and nothing of OpenTelemetry is loaded. */
export interface WantedSignals {
  readonly traces: boolean;
  readonly metrics: boolean;
  /** Another protocol than the one that is spoken, where the environment asks for it. */
  readonly otherProtocol: string | undefined;
  /** The variable whose value is no address of HTTP: the libraries would tell this machine in its place. */
  readonly wrongEndpoint: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ENDPOINTS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
];

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
  const wrongEndpoint = ENDPOINTS.find((name) => said(environment, name) !== '' && !isAddress(said(environment, name)));
  return { traces, metrics, otherProtocol, wrongEndpoint };
}

function isWanted(environment: Environment, signal: 'TRACES' | 'METRICS'): boolean {
  const exporter = said(environment, `OTEL_${signal}_EXPORTER`);
  if (exporter !== '' && exporter !== 'otlp') return false;
  const places = ['OTEL_EXPORTER_OTLP_ENDPOINT', `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
  return places.some((name) => said(environment, name) !== '');
}

function isAddress(text: string): boolean {
  return ['http:', 'https:'].includes(parsedAddress(text)?.protocol ?? '');
}

function said(environment: Environment, name: string): string {
  return environment[name]?.trim() ?? '';
}
