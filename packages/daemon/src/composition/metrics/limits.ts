/**
 * Where the limits are counted, by their key or constant in docs/reference/limits.md. A test checks that each limit which that
 * page calls counted is in one of these tables, and that each name of the tables is on the page.
 */
import type { MetricName, Readers } from '../../metrics/catalogue.ts';
import { sampledLines } from '../../log-sampler.ts';
import * as tokens from '../../tokens.ts';
import type { Environment, Get } from '../registration.ts';

type ReadLimit = (get: Get, environment: Environment) => number;

/** The limits of `sidetone_limit_reached_total`. */
export const COUNTED_LIMITS = {
  'limits.pendingEvents': (get) => get(tokens.INGEST).dropped,
  'limits.eventsPerSecond': (get) => droppedBy(get, 'limits.eventsPerSecond'),
  'limits.liveCalls': (get) => droppedBy(get, 'limits.liveCalls'),
  'limits.failedSignInsPerSecond': (get) => get(tokens.FAILED_SIGN_INS).limited,
  'limits.pendingSockets': (get) => get(tokens.PENDING_SOCKETS).dropped,
  'limits.unsentBytesPerConnection': (get) => get(tokens.OUTPUT_LEDGER).cuts.connection,
  'limits.unsentBytesPerClient': (get) => get(tokens.OUTPUT_LEDGER).cuts.client,
  'limits.unsentBytesTotal': (get) => get(tokens.OUTPUT_LEDGER).cuts.total,
  'limits.subscriptionCostPerSecond': (get) => get(tokens.DELIVERY_BUDGET).ended,
  'server.maxConnections': (get) => get(tokens.CONNECTIONS).rejected,
  WRITE_TIMEOUT_MS: (get) => get(tokens.OUTPUT_LEDGER).cuts.stalled,
  MAX_KEPT_REPORTS: (get) => get(tokens.SIGN_IN_AUDIT).combined,
  MAX_WAITING_PIECES: (get) => get(tokens.WAVEFORMS).dropped,
  MAX_LABELS: (get) => get(tokens.LOOP_MONITOR).unlisted,
  MAX_UNCAUGHT_LINES: (_get, { process }) => process?.suppressedErrors() ?? 0,
  SAMPLE_PERIOD_MS: () => sampledLines.suppressed,
  MAX_SAMPLED_KINDS: () => sampledLines.otherKinds,
} as const satisfies Readonly<Record<string, ReadLimit>>;

/** The limits that plugins report, which `sidetone_plugin_limit_reached_total` shows. */
export const LIMITS_OF_PLUGINS = [
  'MAX_REPLAY_ENTRIES',
  'MAX_BUFFERED_MEDIA',
  'MAX_BUFFERED_CONTROLS',
  'MAX_UNSENT_CHARACTERS',
  'MAX_UNSENT_CONTROLS',
  'MAX_HELD_CHARACTERS',
] as const;

/** The limits that another metric shows, often with more detail. */
export const LIMITS_OF_METRICS = {
  MAX_QUEUED_LOG_BYTES: 'sidetone_log_lines_dropped_total',
  MAX_QUEUED_SPANS: 'sidetone_trace_spans_total',
  SLOW_TURN_MS: 'sidetone_slow_turns_total',
  BLOCKED_MS: 'sidetone_plugin_blocked_total',
  MAX_WAITING: 'sidetone_isolated_messages_dropped_total',
  CONGESTED: 'sidetone_isolated_socket_pauses_total',
  INGRESS_TIMEOUT_MS: 'sidetone_plugin_request_failures_total',
  MAX_PENDING_CAPTURE_BYTES: 'sidetone_capture_lines_total',
  EVENT_LIMITS: 'sidetone_plugin_events_rejected_total',
  MAX_WAIT_MS: 'sidetone_audio_lost_seconds_total',
  WINDOW_SAMPLES: 'sidetone_audio_lost_seconds_total',
  MAX_LATE_AUDIO_MS: 'sidetone_audio_lost_seconds_total',
  MAX_WAITING_RECORDS: 'sidetone_follow_own_records_total',
} as const satisfies Readonly<Record<string, MetricName>>;

const droppedBy = (get: Get, limit: string): number =>
  get(tokens.PROVIDERS)
    .list()
    .flatMap(({ traffic }) => traffic.droppedEvents.entries())
    .reduce((sum, [[by], count]) => (by === limit ? sum + count : sum), 0);

export const limitReaders = (get: Get, environment: Environment) =>
  ({
    sidetone_limit_reached_total: () =>
      Object.entries(COUNTED_LIMITS).map(([limit, read]) => [{ limit }, read(get, environment)] as const),
    sidetone_plugin_limit_reached_total: () =>
      get(tokens.PLUGIN_LIMITS)
        .entries()
        .map(([[plugin, limit], count]) => [{ plugin, limit }, count] as const),
  }) as const satisfies Partial<Readers>;
