/** Events and the state of calls. */
import type { CallId } from '@sidetone/core';
import { AnnotationService } from '../calls/annotation-service.ts';
import { CallRegistry } from '../calls/call-registry.ts';
import { Erasure } from '../calls/erasure.ts';
import { Ingest } from '../calls/ingest.ts';
import type { RecordFeed } from '../calls/ports.ts';
import * as tokens from '../tokens.ts';
import { commitFeed, forgetCall } from './nodes/following.ts';
import { dutiesOf, type Environment, type Get, type Register } from './registration.ts';

const DAY_MS = 24 * 60 * 60_000;

export function registerCalls(register: Register, environment: Environment): void {
  const { config, clock, ids, log, redaction, tracing, cluster } = environment;
  register(tokens.TEXT_REDACTION, (get) => {
    const key = (): Uint8Array => get(tokens.STORE).secret('redaction_key');
    return { active: redaction?.with(key) };
  });
  register(
    tokens.CALL_REGISTRY,
    (get) => new CallRegistry({ reads: get(tokens.CALL_READS), canMove: cluster !== undefined }),
  );
  register(
    tokens.INGEST,
    (get) =>
      new Ingest({
        registry: get(tokens.CALL_REGISTRY),
        ledger: get(tokens.LEDGER),
        reads: get(tokens.CALL_READS),
        feed: eventFeed(get, environment),
        ...(tracing && { onAccepted: (facts) => tracing.accepted(facts) }),
        partials: get(tokens.LATEST_PARTIALS),
        openCommands: get(tokens.OPEN_COMMANDS),
        redaction: get(tokens.TEXT_REDACTION).active,
        peers: cluster,
        ids,
        clock,
        log: log('ingest'),
        pending: { events: config.limits.pendingEvents, bytes: config.limits.pendingBytes },
      }),
  );
  register(
    tokens.ANNOTATION_SERVICE,
    (get) => new AnnotationService({ ingest: get(tokens.INGEST), ids, clock }),
  );
  register(
    tokens.ERASURE,
    (get) =>
      new Erasure({
        ingest: get(tokens.INGEST),
        ledger: get(tokens.LEDGER),
        registry: { forget: forgetCall(get) },
        feed: get(tokens.RECORD_HUB),
        partials: get(tokens.LATEST_PARTIALS),
        openCommands: get(tokens.OPEN_COMMANDS),
        recordings: get(tokens.RECORDING_SERVICE),
        waveforms: get(tokens.WAVEFORMS),
        results: get(tokens.FAN_OUT),
        ...(cluster && {
          onErased: (callId: CallId) => cluster.erasures.announce(callId, 'CALL'),
          onPruned: (callId: CallId) => cluster.erasures.announce(callId, 'DATA'),
          removeAnywhere: (callId: CallId, by: string) => get(tokens.SERVICES).erasure.removeCall(callId, by),
        }),
        audit: get(tokens.AUDIT_LOG),
        auditMs: config.storage.auditDays * DAY_MS,
        ...dutiesOf(get),
        clock,
        log: log('erasure'),
      }),
  );
}

/** With traces, it starts the spans of events. */
function eventFeed(get: Get, { tracing }: Environment): Pick<RecordFeed, 'publish'> {
  const feed = commitFeed(get);
  if (!tracing) return feed;
  const traced = { notifier: get(tokens.RECORD_HUB).notifier, publish: feed.publish.bind(feed) };
  return tracing.feed(traced, (id) => get(tokens.CALL_REGISTRY).recall(id)?.providerId);
}
