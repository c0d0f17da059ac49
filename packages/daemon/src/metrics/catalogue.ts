/** Every metric of the daemon. `docs/reference/metrics.md` lists them; a test compares the page with this table. */
import type { DurationCounts } from './counts.ts';

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * The labels have a limited number of values: ids of the configuration, enumerations and codes. None contains a telephone number,
 * a transcript, or a name that a client chose.
 */
export const METRICS = {
  // The process
  sidetone_build_info: {
    type: 'gauge',
    labels: ['version', 'node'],
    help: 'Always 1; the labels are the versions of the daemon and of Node.js.',
  },
  sidetone_ready: { type: 'gauge', labels: [], help: 'Whether /readyz is 200.' },
  sidetone_slow_turns_total: {
    type: 'counter',
    labels: ['work'],
    help: 'Turns of the event loop that took longer than 50 ms, by their longest unit of work.',
  },
  sidetone_log_lines_dropped_total: {
    type: 'counter',
    labels: [],
    help: 'Log lines dropped because standard error accepted no more.',
  },
  sidetone_trace_spans_total: {
    type: 'counter',
    labels: ['result'],
    help: 'Spans of traces: exported, rejected by the collector, or dropped because too many wait.',
  },
  // Calls
  sidetone_live_calls: { type: 'gauge', labels: ['provider', 'status'], help: 'Live calls.' },
  sidetone_calls_started_total: { type: 'counter', labels: ['provider'], help: 'Calls that were created.' },
  sidetone_calls_ended_total: {
    type: 'counter',
    labels: ['provider', 'category'],
    help: 'Calls that ended, by the category of their end.',
  },
  sidetone_call_notices_total: {
    type: 'counter',
    labels: ['provider', 'code'],
    help: 'Notices of calls, by code.',
  },
  sidetone_commands_total: {
    type: 'counter',
    labels: ['provider', 'command', 'status'],
    help: 'Changes of commands to a status.',
  },
  // Events and the store
  sidetone_events_stored_total: { type: 'counter', labels: ['type'], help: 'Stored events, by type.' },
  sidetone_events_dropped_total: {
    type: 'counter',
    labels: [],
    help: 'Events that were lost because they could not be stored.',
  },
  sidetone_commit_duration_seconds: {
    type: 'histogram',
    labels: [],
    help: 'Duration of the transactions that store events.',
  },
  sidetone_store_failed: {
    type: 'gauge',
    labels: [],
    help: 'Whether the last access to the database failed, or the file is damaged.',
  },
  sidetone_store_failures_total: { type: 'counter', labels: [], help: 'Failed accesses to the database.' },
  sidetone_store_bytes: {
    type: 'gauge',
    labels: ['file'],
    help: 'Size of the database and of its write-ahead log.',
  },
  sidetone_store_connections: {
    type: 'gauge',
    labels: ['pool', 'state'],
    help: 'Connections to PostgreSQL that are used or idle, and statements that wait for one.',
  },
  sidetone_disk_free_bytes: {
    type: 'gauge',
    labels: ['folder'],
    help: 'Free space of the disks of the database and of the recordings.',
  },
  // The other nodes of a cluster
  sidetone_follow_lag_positions: {
    type: 'gauge',
    labels: [],
    help: 'Positions of the log that other nodes have committed and subscriptions of this node have not received.',
  },
  sidetone_follow_records_total: {
    type: 'counter',
    labels: [],
    help: 'Events of other nodes that were read from the log.',
  },
  sidetone_follow_reads_total: {
    type: 'counter',
    labels: ['result'],
    help: 'Reads of the log to follow other nodes, succeeded or failed.',
  },
  sidetone_follow_own_records_total: {
    type: 'counter',
    labels: ['result'],
    help: 'Own events that waited for those of other nodes before them, were read from the log before they were passed on (late), or were not kept because too many waited.',
  },
  sidetone_relay_messages_total: {
    type: 'counter',
    labels: ['result'],
    help: 'Messages with partials, levels and audio: sent to other nodes, dropped because NATS accepted no more, or received from other nodes.',
  },
  sidetone_relay_demands: {
    type: 'gauge',
    labels: ['node'],
    help: 'Calls and kinds of live data that this node demands from others (this), and others from it (other).',
  },
  sidetone_cluster_nodes: {
    type: 'gauge',
    labels: [],
    help: 'Nodes of the cluster that have a lease, as this one sees it, with itself; 0 without a cluster.',
  },
  sidetone_cluster_nodes_excluded_total: {
    type: 'counter',
    labels: [],
    help: 'Nodes that this one excluded because they did not answer.',
  },
  sidetone_cluster_calls_taken_over_total: {
    type: 'counter',
    labels: [],
    help: 'Calls of nodes that had left, which this one owns since.',
  },
  sidetone_cluster_takeover_failures_total: {
    type: 'counter',
    labels: [],
    help: 'Attempts to take over calls that failed and are retried.',
  },
  sidetone_cluster_calls_moved_total: {
    type: 'counter',
    labels: ['change'],
    help: 'Calls that this node has claimed or released, ended ones and unknown ones too.',
  },
  sidetone_cluster_conflicts_total: {
    type: 'counter',
    labels: [],
    help: 'How often a call was in conflict with events that another node had stored.',
  },
  sidetone_cluster_requests_total: {
    type: 'counter',
    labels: ['result'],
    help: 'Requests to other nodes: all that were sent, and those that ended because the node was not there (unavailable), too many waited (busy), or no reply arrived (unknown).',
  },
  sidetone_cluster_duties: {
    type: 'gauge',
    labels: ['duty'],
    help: 'Whether this node does this work for all nodes.',
  },
  // Queues
  sidetone_queue_items: { type: 'gauge', labels: ['queue'], help: 'Items in queues and buffers.' },
  sidetone_queue_bytes: {
    type: 'gauge',
    labels: ['queue'],
    help: 'Memory of queues and buffers, estimated for events.',
  },
  sidetone_limit_reached_total: {
    type: 'counter',
    labels: ['limit'],
    help: 'How often a limit was reached, by its key or constant in docs/reference/limits.md.',
  },
  sidetone_capture_lines_total: {
    type: 'counter',
    labels: ['provider', 'result'],
    help: 'Requests and messages of providers with a capture: written to its file, or dropped because too many wait.',
  },
  sidetone_capture_on: {
    type: 'gauge',
    labels: ['provider'],
    help: 'Whether requests and messages of a provider are captured.',
  },
  sidetone_plugin_limit_reached_total: {
    type: 'counter',
    labels: ['plugin', 'limit'],
    help: 'How often a limit of a plugin was reached. The plugin of a transcriber has the label transcriber/id.',
  },
  // Clients
  sidetone_connections: { type: 'gauge', labels: [], help: 'Open connections of the HTTP server.' },
  sidetone_subscriptions: {
    type: 'gauge',
    labels: [],
    help: 'Readers of the event log: subscriptions, except of audio levels, and those of the daemon itself.',
  },
  sidetone_subscription_lag_events: {
    type: 'gauge',
    labels: ['statistic'],
    help: 'Events that subscriptions have not read yet.',
  },
  sidetone_listeners: { type: 'gauge', labels: [], help: 'Clients that listen to calls.' },
  sidetone_rejected_requests_total: {
    type: 'counter',
    labels: ['entrance', 'code'],
    help: 'Rejected requests and sockets, except webhooks.',
  },
  sidetone_operation_errors_total: {
    type: 'counter',
    labels: ['code'],
    help: 'Errors of GraphQL operations, limits of queries included; GRAPHQL_INVALID: the operation is not valid.',
  },
  sidetone_failed_sign_ins_total: {
    type: 'counter',
    labels: ['entrance'],
    help: 'Requests with a wrong credential.',
  },
  // Providers and transcribers
  sidetone_provider_state: {
    type: 'gauge',
    labels: ['provider', 'state'],
    help: '1 for the current state of a provider, 0 for the others.',
  },
  sidetone_transcriber_state: {
    type: 'gauge',
    labels: ['transcriber', 'state'],
    help: '1 for the current state of a transcriber, 0 for the others.',
  },
  sidetone_webhooks_total: {
    type: 'counter',
    labels: ['provider', 'result', 'code'],
    help: 'Webhooks: accepted, rejected (4xx) or failed (429 and 5xx), with the error code.',
  },
  sidetone_last_webhook_timestamp_seconds: {
    type: 'gauge',
    labels: ['provider'],
    help: 'When the last webhook was accepted. Absent if none was since the start.',
  },
  sidetone_last_event_timestamp_seconds: {
    type: 'gauge',
    labels: ['provider'],
    help: 'When the last event was accepted. Absent if none was since the start.',
  },
  sidetone_plugin_request_failures_total: {
    type: 'counter',
    labels: ['provider'],
    help: 'Requests whose handling threw an exception in the plugin.',
  },
  sidetone_plugin_events_rejected_total: {
    type: 'counter',
    labels: ['provider'],
    help: 'Events rejected because of a value that their sender chose.',
  },
  sidetone_plugin_blocked_total: {
    type: 'counter',
    labels: ['provider'],
    help: 'How often a plugin blocked the event loop of the daemon, or of its own thread, for 500 ms or longer.',
  },
  sidetone_plugin_blocked_longest_seconds: {
    type: 'gauge',
    labels: ['provider'],
    help: 'The longest of these blocks since the start.',
  },
  sidetone_isolated_threads_total: {
    type: 'counter',
    labels: ['provider'],
    help: 'Threads that were started for an isolated plugin.',
  },
  sidetone_isolated_messages_dropped_total: {
    type: 'counter',
    labels: ['provider', 'direction'],
    help: 'Messages to or from the thread of an isolated plugin that were dropped because too many waited.',
  },
  sidetone_isolated_socket_pauses_total: {
    type: 'counter',
    labels: ['provider'],
    help: 'How often a socket was not read because too much waited for the thread of an isolated plugin.',
  },
  sidetone_plugin_events_dropped_total: {
    type: 'counter',
    labels: ['provider', 'reason'],
    help: 'Events of a plugin that were dropped: the limit that was reached, or PLUGIN_EVENT_INVALID.',
  },
  // Audio, recordings, transcriptions
  sidetone_streams: { type: 'gauge', labels: [], help: 'Open audio streams.' },
  sidetone_audio_lost_seconds_total: {
    type: 'counter',
    labels: ['provider', 'kind'],
    help: 'Audio that arrived too late, when its stream ends, by who misses it.',
  },
  sidetone_audio_missing_frames_total: {
    type: 'counter',
    labels: ['provider'],
    help: 'Frames that were lost before they arrived, when their stream ends.',
  },
  sidetone_recordings: {
    type: 'gauge',
    labels: [],
    help: 'Calls that are recorded now or will be with their first audio.',
  },
  sidetone_recordings_ended_total: {
    type: 'counter',
    labels: ['provider', 'result'],
    help: 'Recordings that ended, COMPLETE or FAILED.',
  },
  sidetone_recorded_bytes_total: {
    type: 'counter',
    labels: ['provider'],
    help: 'Size of the recordings that ended.',
  },
  sidetone_recording_compressions_total: {
    type: 'counter',
    labels: ['result'],
    help: 'Recordings that were compressed, or whose compression failed.',
  },
  sidetone_recording_saved_bytes_total: {
    type: 'counter',
    labels: [],
    help: 'Disk space that compression has freed.',
  },
  sidetone_transcriptions: { type: 'gauge', labels: [], help: 'Calls that are being transcribed.' },
  // Privacy
  sidetone_capture_pauses: {
    type: 'gauge',
    labels: [],
    help: 'Live calls of which recording, transcription or listening is paused.',
  },
  sidetone_redactions_total: {
    type: 'counter',
    labels: ['kind'],
    help: 'Parts of texts that were replaced before they were stored or published; pattern: patterns of the operator.',
  },
  sidetone_retention_calls_total: {
    type: 'counter',
    labels: ['kind', 'reason'],
    help: 'Calls of which data was removed: by its age, or for the space of recordings.',
  },
  sidetone_retention_failures_total: {
    type: 'counter',
    labels: [],
    help: 'Failed attempts to remove data. The next attempt continues.',
  },
  sidetone_recording_space_missing_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Space that recordings take beyond their limits, and that cannot be freed: the others have a legal hold.',
  },
} as const satisfies Readonly<Record<`sidetone_${string}`, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;
type LabelOf<Name extends MetricName> = (typeof METRICS)[Name]['labels'][number];

/** A value with its labels. */
export type Sample<Name extends MetricName> = readonly [
  labels: { readonly [Label in LabelOf<Name>]: string },
  value: number,
];

/** What a metric is now: durations, a number, or samples. */
export type Reading<Name extends MetricName> = (typeof METRICS)[Name]['type'] extends 'histogram'
  ? DurationCounts
  : [LabelOf<Name>] extends [never]
    ? number
    : readonly Sample<Name>[];

/** How each metric is read. */
export type Readers<Names extends MetricName = MetricName> = {
  readonly [Name in Names]: () => Reading<Name> | Promise<Reading<Name>>;
};
