/** Creates the tracing of the configuration. Nothing of it is loaded without `tracing.url`. */
import type { Clock, Logger } from '@sidetone/core';
import type { TracingSettings } from '../config/tracing.ts';
import type { Tracing } from './tracing.ts';

export interface CreateTracingDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** The version of the daemon. */
  readonly version: string;
}

/** Returns undefined if no collector is configured. */
export async function createTracing(
  { url, headers, sample, serviceName }: TracingSettings,
  { clock, log, version }: CreateTracingDeps,
): Promise<Tracing | undefined> {
  if (!url) return undefined;
  const [{ Tracing: Created }, { SpanExporter }, { encodeSpans }] = await Promise.all([
    import('./tracing.ts'),
    import('./exporter.ts'),
    import('./otlp.ts'),
  ]);
  const resource = { 'service.name': serviceName, 'service.version': version };
  const scope = { name: 'sidetone', version };
  const exporter = new SpanExporter({
    url,
    headers,
    encode: (spans) => encodeSpans(resource, scope, spans),
    log,
  });
  return new Created({ exporter, sample, clock });
}
