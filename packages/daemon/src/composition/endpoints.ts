/** The endpoints of the HTTP server. */
import { basePathOf } from '../access/base-path.ts';
import { countriesOf } from '../calls/numbers/countries.ts';
import { retryWhileBusy } from '../calls/store-retry.ts';
import { ClientSlots } from '../graphql/guard/client-slots.ts';
import { createQueryLimits } from '../graphql/guard/limits.ts';
import { limitResponses } from '../graphql/guard/response-size.ts';
import { limitSubscriptions } from '../graphql/guard/subscription-slots.ts';
import { createControlEndpoint } from '../http/control-endpoint.ts';
import { createExportEndpoint } from '../http/export/endpoint.ts';
import type { createGraphiql } from '../http/graphiql.ts';
import { createGraphqlEndpoint } from '../http/graphql-endpoint.ts';
import { createIngressEndpoint } from '../http/ingress.ts';
import { createListenEndpoint } from '../http/listen.ts';
import { createMediaAccess, type MediaAccess } from '../http/media-access.ts';
import { createRecordingEndpoint } from '../http/recordings/endpoint.ts';
import * as tokens from '../tokens.ts';
import { readyToListen } from './nodes/following.ts';
import { requestId, type Environment, type Get } from './registration.ts';

export function graphqlEndpoint(
  get: Get,
  { config: { limits }, ids, log }: Environment,
  graphiql: ReturnType<typeof createGraphiql>,
): ReturnType<typeof createGraphqlEndpoint> {
  const limited = limitSubscriptions(get(tokens.SCHEMA), {
    slots: new ClientSlots(limits.subscriptionsPerClient),
    budget: get(tokens.DELIVERY_BUDGET),
    viewers: get(tokens.CALL_VIEWERS),
    pageSize: limits.pageSize,
  });
  return createGraphqlEndpoint({
    ...limits,
    bodies: get(tokens.REQUEST_BODIES),
    schema: limitResponses(limited, limits.responseBytes),
    gate: get(tokens.GATE),
    graphiql,
    limits: createQueryLimits(limits),
    errors: get(tokens.OPERATION_ERRORS),
    fanOut: get(tokens.FAN_OUT),
    connections: new ClientSlots(limits.connections),
    pending: get(tokens.PENDING_SOCKETS),
    outputs: get(tokens.CONNECTIONS),
    rejections: get(tokens.REJECTIONS),
    log: log('graphql'),
    newId: () => requestId(ids),
  });
}

export function controlEndpoint(
  get: Get,
  { config: { limits }, ids, log }: Environment,
): ReturnType<typeof createControlEndpoint> {
  return createControlEndpoint({
    gate: get(tokens.GATE),
    commands: get(tokens.SERVICES).commands,
    log: log('control'),
    newId: () => requestId(ids),
    requestBytes: limits.requestBytes,
    bodies: get(tokens.REQUEST_BODIES),
    rejections: get(tokens.REJECTIONS),
  });
}

export function ingressEndpoint(
  get: Get,
  { config: { limits, server }, clock, log, publicUrl, tracing }: Environment,
): ReturnType<typeof createIngressEndpoint> {
  const gate = get(tokens.GATE);
  return createIngressEndpoint({
    providers: get(tokens.PROVIDERS),
    ingest: get(tokens.INGEST),
    tracing,
    clock,
    log: log('ingress'),
    webhookBytes: limits.webhookBytes,
    bodies: get(tokens.REQUEST_BODIES),
    addressOf: (request) => gate.addressOf(request),
    rejections: get(tokens.REJECTIONS),
    socketMessageBytes: limits.socketMessageBytes,
    requestedUrl: (original) => new URL(publicUrl().origin + basePathOf(server.publicUrl) + original),
  });
}

export function listenEndpoint(get: Get, { log }: Environment): ReturnType<typeof createListenEndpoint> {
  return createListenEndpoint({
    listening: get(tokens.LISTENING_SERVICE),
    ready: readyToListen(get),
    access: mediaAccess(get),
    rejections: get(tokens.REJECTIONS),
    log: log('listening'),
    outputs: get(tokens.CONNECTIONS),
    gate: get(tokens.GATE),
  });
}

export function recordingEndpoint(
  get: Get,
  { clock, log }: Environment,
): ReturnType<typeof createRecordingEndpoint> {
  return createRecordingEndpoint({
    recordings: get(tokens.RECORDING_SERVICE),
    slots: get(tokens.EXPORT_SLOTS),
    // Resolved by the first download.
    startEncoder: (options) => get(tokens.FLAC_THREADS)(options),
    gate: get(tokens.GATE),
    access: mediaAccess(get),
    onDownload: (callId, { viewer, isByLink }) =>
      retryWhileBusy(clock, () =>
        get(tokens.AUDIT_LOG).append({
          at: clock.now(),
          by: viewer.name,
          action: isByLink ? 'DOWNLOAD_BY_LINK' : 'DOWNLOAD_RECORDING',
          callId,
        }),
      ),
    outputs: get(tokens.CONNECTIONS),
    rejections: get(tokens.REJECTIONS),
    log: log('recording'),
  });
}

export function exportEndpoint(
  get: Get,
  { config, clock, log }: Environment,
): ReturnType<typeof createExportEndpoint> {
  return createExportEndpoint({
    history: get(tokens.HISTORY),
    recordings: get(tokens.RECORDING_SERVICE),
    cursors: get(tokens.CURSORS),
    schema: get(tokens.SCHEMA),
    countries: countriesOf(config),
    gate: get(tokens.GATE),
    links: get(tokens.MEDIA_LINKS),
    outputs: get(tokens.CONNECTIONS),
    rejections: get(tokens.REJECTIONS),
    slots: get(tokens.EXPORT_SLOTS),
    onExport: (content, format, { name }) =>
      retryWhileBusy(clock, () =>
        get(tokens.AUDIT_LOG).append({
          at: clock.now(),
          by: name,
          action: 'EXPORT',
          details: { content, format },
        }),
      ),
    now: () => clock.now(),
    log: log('export'),
  });
}

const mediaAccess = (get: Get): MediaAccess =>
  createMediaAccess({ gate: get(tokens.GATE), links: get(tokens.MEDIA_LINKS) });
