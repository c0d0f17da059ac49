/**
 * Serves the metrics in the formats of Prometheus and OpenMetrics. Everything is read when a client asks for it; the library is
 * loaded then, too.
 */
import type Prometheus from 'prom-client';
import type {
  Counter,
  Gauge,
  Histogram,
  Metric,
  OpenMetricsContentType,
  PrometheusContentType,
  Registry,
} from 'prom-client';
import { METRICS, type MetricName, type Readers } from './catalogue.ts';
import type { DurationCounts } from './counts.ts';

type ContentType = PrometheusContentType | OpenMetricsContentType;
type Library = typeof Prometheus;

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export interface Metrics {
  /** Returns all metrics. @param accept the header of the request that asks for them */
  read(accept: string | undefined): Promise<Exposition>;
}

export function createMetrics(readers: Readers): Metrics {
  const registries = new Map<ContentType, Registry>();

  async function registryOf(accept: string): Promise<Registry> {
    const { default: library } = await import('prom-client');
    const { openMetricsContentType, prometheusContentType } = library;
    const contentType = /application\/openmetrics-text/i.test(accept)
      ? openMetricsContentType
      : prometheusContentType;
    const known = registries.get(contentType);
    if (known) return known;
    const registry = createRegistry(library, contentType, readers);
    registries.set(contentType, registry);
    return registry;
  }

  return {
    async read(accept = '') {
      const registry = await registryOf(accept);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function createRegistry(library: Library, contentType: ContentType, readers: Readers): Registry {
  const registry = new library.Registry<ContentType>() as Registry;
  (registry as Registry<ContentType>).setContentType(contentType);
  library.collectDefaultMetrics({ register: registry });
  for (const name of Object.keys(METRICS) as MetricName[])
    registry.registerMetric(metricOf(library, name, readers[name]));
  return registry;
}

function metricOf(library: Library, name: MetricName, read: Readers[MetricName]): Metric {
  const { type, help, labels } = METRICS[name];
  if (type === 'histogram') return histogramOf(name, help, read);
  const configuration = { name, help, labelNames: labels as readonly string[], registers: [] };
  // Synchronous after the reading: several clients may read at once.
  if (type === 'counter')
    return new library.Counter({
      ...configuration,
      async collect(this: Counter) {
        const samples = samplesOf(await read());
        this.reset();
        for (const [labelled, value] of samples) this.inc(labelled, value);
      },
    });
  return new library.Gauge({
    ...configuration,
    async collect(this: Gauge) {
      const samples = samplesOf(await read());
      this.reset();
      for (const [labelled, value] of samples) this.set(labelled, value);
    },
  });
}

type Samples = readonly (readonly [labels: Record<string, string>, value: number])[];

const samplesOf = (reading: unknown): Samples =>
  typeof reading === 'number' ? [[{}, reading]] : (reading as Samples);

/** A histogram of durations that were counted before. Those of the library have to count each one themselves. */
function histogramOf(name: string, help: string, read: () => unknown): Histogram {
  const get = async () => {
    const durations = (await read()) as DurationCounts;
    let count = 0;
    const buckets = [...durations.bounds, '+Inf'].map((le, i) => {
      count += durations.counts[i]!;
      return { metricName: `${name}_bucket`, labels: { le }, value: count };
    });
    const values = [
      ...buckets,
      { metricName: `${name}_sum`, labels: {}, value: durations.seconds },
      { metricName: `${name}_count`, labels: {}, value: count },
    ];
    return { name, help, type: 'histogram', values, aggregator: 'sum' };
  };
  return { name, get } as unknown as Histogram;
}
