/** A daemon whose calls are transcribed by the simulated Deepgram, which recognises their real audio. */
import { query, startDaemon, tempDir, until, writeConfig, type DaemonRun, type Json } from './daemon.ts';
import { simulator, type SimulatorRun } from './process.ts';

/** A daemon with a simulator as its cloud. */
export interface World {
  readonly cloud: SimulatorRun;
  readonly daemon: DaemonRun;
  readonly config: string;
}

/** Starts a daemon and its cloud. `deepgram` are additional options of the plugin. */
export async function start(deepgram: Record<string, unknown> = {}, transcribe = 'auto'): Promise<World> {
  const cloud = await simulator();
  const config = writeConfig(tempDir(), cloud, { extra: 'log: { level: warn }', deepgram, transcribe });
  const daemon = await startDaemon(config);
  await cloud.pointAt(daemon.url);
  return { cloud, daemon, config };
}

/** Runs a first call to warm up, because processes that have just started stall, and late audio is lost. */
export async function warmUp({ cloud, daemon }: World): Promise<void> {
  const providerCallId = await cloud.startCall('vobiz', 'brief');
  await until(
    async () => (await callOf(daemon.url, providerCallId))?.status === 'ENDED',
    'the end of the first call',
  );
}

const FIELDS = `id status transcription { transcriber { id state } state code message }
  utterances { nodes { id party text startMs endMs confidence } }`;

/** Returns a call with its transcript; null if it is unknown. */
export const callOf = async (url: string, providerCallId: string, provider = 'vobiz'): Promise<Json> =>
  (
    await query(
      url,
      `{ callByProviderId(providerId: "${provider}", providerCallId: "${providerCallId}") { ${FIELDS} } }`,
    )
  ).callByProviderId;

/** Waits until a call exists, and returns it. */
export const known = (url: string, providerCallId: string, provider = 'vobiz'): Promise<Json> =>
  until(() => callOf(url, providerCallId, provider), 'the call');

/** Waits until a call has ended and its transcript contains `last`. */
export const over = (url: string, providerCallId: string, last: RegExp, provider = 'vobiz'): Promise<Json> =>
  until(
    async () => {
      const call = await callOf(url, providerCallId, provider);
      const words = linesOf(call).join('\n');
      return call?.status === 'ENDED' && last.test(words) ? call : undefined;
    },
    `the call is over, and its transcript has ${String(last)}`,
  );

/** Returns the lines of a transcript, each with its party. */
export const linesOf = (call: Json): string[] =>
  ((call?.utterances.nodes ?? []) as Json[]).map(({ party, text }) => `${party}: ${text}`);

/** The lines of the script `pizza`. */
export const PIZZA = [
  'ASSISTANT: Pizza Roma, what would you like?',
  'CUSTOMER: One large margherita and a green salad.',
  'ASSISTANT: Anything to drink with that?',
  'CUSTOMER: Two bottles of lemonade, please.',
  'ASSISTANT: That is twenty three euros, ready in half an hour.',
  "CUSTOMER: Great, I'll pick it up. Bye.",
];

export const wordsIn = (lines: readonly string[]): string[] =>
  lines
    .join(' ')
    .toLowerCase()
    .match(/[a-z']+/g) ?? [];

/** Breaks the connections of the transcriber. */
export const cut = (cloud: SimulatorRun): Promise<unknown> => cloud.send('POST', 'deepgram/cut', {});

/** Starts or stops the transcription of a call. */
export const transcribe = (url: string, id: string, on: boolean): Promise<Json> =>
  query(
    url,
    'mutation ($id: ID!, $on: Boolean!) { transcribe(callId: $id, on: $on) { transcription { state } } }',
    { id, on },
  );
