/** A daemon whose calls come from the simulated Vobiz. */
import { query, startDaemon, tempDir, until, writeConfig, type DaemonRun, type Json } from './daemon.ts';
import { serve } from './http-server.ts';
import { simulator, type SimulatorRun } from './process.ts';

/** A daemon with a simulator as its cloud. */
export interface World {
  readonly cloud: SimulatorRun;
  readonly daemon: DaemonRun;
  readonly config: string;
}

/**
 * Starts a daemon and its cloud. `vobiz` are additional options of the plugin.
 * @param behaviour of the simulated Vobiz, before the daemon sends its first request
 */
export async function start(
  vobiz: Record<string, unknown> = {},
  args: string[] = [],
  behaviour?: Record<string, unknown>,
): Promise<World> {
  const cloud = await simulator(args);
  if (behaviour) await cloud.send('PUT', 'vobiz/behaviour', behaviour);
  const config = writeConfig(tempDir(), cloud, { extra: 'log: { level: warn }', vobiz });
  const daemon = await startDaemon(config);
  await cloud.pointAt(daemon.url);
  return { cloud, daemon, config };
}

/** A caller who stays on the line after the script, so a call lasts as long as its test, on a slow machine too. */
export const STAYS = { patienceMs: 60_000 };

/**
 * A caller who stays on the line while the daemon is started again. The provider dials a stream ten times: with the usual pause,
 * that ends after five seconds, and a slow machine needs longer.
 */
export const OUTLIVES_RESTART = { ...STAYS, reconnectMs: 3000 };

const FIELDS =
  'id status from to direction end { category code } capabilities mutedParties assistant { name } streams { id parties endedAt frames missingFrames }';
/** Returns the call as the daemon shows it; null if it is unknown. */
export const callOf = async (url: string, providerCallId: string): Promise<Json> =>
  (
    await query(
      url,
      `{ callByProviderId(providerId: "vobiz", providerCallId: "${providerCallId}") { ${FIELDS} } }`,
    )
  ).callByProviderId;

/** Waits until a call has a capability, and returns it. */
export const able = (url: string, providerCallId: string, capability: string): Promise<Json> =>
  until(async () => {
    const call = await callOf(url, providerCallId);
    return call?.capabilities.includes(capability) ? call : undefined;
  }, `the call is capable of ${capability}`);

/** Waits until a call has ended, and returns it. */
export const ended = (url: string, providerCallId: string): Promise<Json> =>
  until(async () => {
    const call = await callOf(url, providerCallId);
    return call?.status === 'ENDED' ? call : undefined;
  }, 'the end of the call');

/** The answer to a request with form fields. */
export interface FormReply {
  readonly status?: number;
  readonly type: string;
  readonly body: string | Buffer;
}

/** Starts an HTTP server that answers requests with form fields. No answer: the request is left open. */
export async function serveForms(
  answer: (fields: URLSearchParams) => FormReply | undefined,
): Promise<{ url: string; requests: URLSearchParams[] }> {
  const requests: URLSearchParams[] = [];
  const url = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const fields = new URLSearchParams(body);
      requests.push(fields);
      const reply = answer(fields);
      if (reply) response.writeHead(reply.status ?? 200, { 'content-type': reply.type }).end(reply.body);
    });
  });
  return { url, requests };
}
