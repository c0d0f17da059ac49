/** The metrics of clients: connections, subscriptions, listeners, rejections; and of the queues between them and the store. */
import type { Readers } from '../../metrics/catalogue.ts';
import * as tokens from '../../tokens.ts';
import type { Get } from '../registration.ts';

export function clientReaders(get: Get) {
  return {
    sidetone_connections: () => get(tokens.CONNECTIONS).size,
    sidetone_subscriptions: () => get(tokens.FEEDS).lags().length,
    sidetone_subscription_lag_events() {
      const lags = get(tokens.FEEDS).lags();
      return [
        [{ statistic: 'max' }, lags.reduce((max, lag) => Math.max(max, lag), 0)],
        [{ statistic: 'sum' }, lags.reduce((sum, lag) => sum + lag, 0)],
      ] as const;
    },
    sidetone_listeners: () => get(tokens.LISTENING_SERVICE).size,
    sidetone_rejected_requests_total: () =>
      get(tokens.REJECTIONS)
        .counts.entries()
        .map(([[entrance, code], count]) => [{ entrance, code }, count] as const),
    sidetone_operation_errors_total: () =>
      get(tokens.OPERATION_ERRORS)
        .entries()
        .map(([[code], count]) => [{ code }, count] as const),
    sidetone_failed_sign_ins_total: () =>
      get(tokens.FAILED_SIGN_INS)
        .byEntrance.entries()
        .map(([[entrance], count]) => [{ entrance }, count] as const),
    sidetone_queue_items: () => [
      [{ queue: 'pending_events' }, get(tokens.INGEST).pendingEvents],
      [{ queue: 'recording_blocks' }, get(tokens.RECORDING_SERVICE).waitingBlocks],
      [{ queue: 'recording_compressions' }, get(tokens.COMPRESSOR).pending],
      [{ queue: 'waveform_pieces' }, get(tokens.WAVEFORMS).waiting],
      [{ queue: 'history_queries' }, get(tokens.STORE).waitingQueries()],
      [{ queue: 'pending_sockets' }, get(tokens.PENDING_SOCKETS).size],
    ],
    sidetone_queue_bytes: () => [
      [{ queue: 'pending_events' }, get(tokens.INGEST).pendingBytes],
      [{ queue: 'request_bodies' }, get(tokens.REQUEST_BODIES).bytes],
      [{ queue: 'unsent_output' }, get(tokens.OUTPUT_LEDGER).unsent],
      [{ queue: 'recent_events' }, get(tokens.RECORD_HUB).bytes],
      [{ queue: 'shared_results' }, get(tokens.FAN_OUT).bytes],
    ],
  } as const satisfies Partial<Readers>;
}
