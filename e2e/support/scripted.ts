/**
 * A daemon whose calls a test makes up: any number of calls with any text, audio and answers to commands, without a simulator.
 *
 * ```ts
 * const { url } = await startDaemon(writeScriptedConfig(tempDir(), { providers: { line: 'A display name' } }));
 * const line = scripted(url, 'line');
 * await line.emit(liveCall('a', { from: '+15005550001' }), [said('a', 'CUSTOMER', 'Hello.')]);
 * await line.audio(['a'], { CUSTOMER: -12, ASSISTANT: -20 }); // dBFS; a call without a level becomes silent
 * await line.behave({ say: 'refuse', endCall: 'accept', health: 'refuse' });
 * await line.emit(endedCall('b', 90_000), utterances('b', 3000));
 * ```
 *
 * Commands are accepted and confirmed unless `behave` says otherwise; `endCall` then ends the call, `say` adds an utterance. Events are those of
 * the contract (`ProviderEvent`), with `occurredAt` now by default. To record, set `recording` in `extra`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallDetails, ControlName, EndCategory, Party, ProviderEvent } from '@sidetone/core';
import { query, until } from './daemon.ts';

const PLUGIN = new URL('scripted-provider.mjs', import.meta.url).href;

/** `confirm`: accept, and report that it took effect. `accept`: accept and report nothing. `hang`: no answer. */
export type Behaviour = 'confirm' | 'accept' | 'refuse' | 'unreachable' | 'limit' | 'hang';

/** An event of the contract; `occurredAt` is now by default, and ids need no brand. */
export type ScriptedEvent = ProviderEvent extends infer Event
  ? Event extends ProviderEvent
    ? Omit<Event, 'providerCallId' | 'occurredAt'> & {
        readonly providerCallId: string;
        readonly occurredAt?: number;
      }
    : never
  : never;

export interface Scripted {
  /** Emits events; they are stored when it resolves. */
  emit(...events: readonly (readonly ScriptedEvent[])[]): Promise<void>;
  /** Sends a tone on calls that are live, a level for each party that is audible, or ends their audio. */
  audio(
    calls: readonly string[],
    levels: { readonly [each in Party]?: number } & { readonly hz?: number },
  ): Promise<void>;
  behave(
    behaviours: Readonly<Partial<Record<ControlName | 'placeCall' | 'watch' | 'health', Behaviour>>>,
  ): Promise<void>;
  /** Resolves with our id of a call. */
  idOf(providerCallId: string): Promise<string>;
}

interface ScriptedConfig {
  /** Display names by id. Default: one provider `line` named `Line`. */
  readonly providers?: Readonly<Record<string, string>>;
  /** Further keys of the configuration, for example `auth: …`. */
  readonly extra?: string;
  /** Default: a file in the folder. */
  readonly storage?: string;
  /** The URL of a server that executes the commands. */
  readonly remote?: string;
}

/** Writes a configuration with scripted providers into a folder, and returns its path. */
export function writeScriptedConfig(
  dir: string,
  {
    providers = { line: 'Line' },
    extra = '',
    storage = `{ path: '${join(dir, 'sidetone.db')}' }`,
    remote,
  }: ScriptedConfig = {},
): string {
  const entries = Object.entries(providers).map(([name, displayName]) => {
    const plugin = `import { createScriptedProvider } from ${JSON.stringify(PLUGIN)};
export default createScriptedProvider(${JSON.stringify({ name, displayName, remote })});`;
    writeFileSync(join(dir, `${name}.mjs`), plugin);
    return `  ${name}: { plugin: './${name}.mjs' }`;
  });
  const file = join(dir, 'sidetone.yaml');
  const limits = /^limits:/m.test(extra) ? '' : 'limits: { eventsPerSecond: 1000000 }\n';
  writeFileSync(
    file,
    `server: { port: 0 }
storage: ${storage}
${limits}${extra}
providers:
${entries.join('\n')}
`,
  );
  return file;
}

/** Controls a scripted provider of a running daemon. */
export function scripted(url: string, provider = 'line', headers: Record<string, string> = {}): Scripted {
  async function post(path: string, body: unknown): Promise<void> {
    const address = new URL(`providers/${provider}/${path}`, url);
    const response = await fetch(address, { method: 'POST', body: JSON.stringify(body), headers });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
  }
  return {
    emit: (...events) => post('events', events.flat()),
    audio: (calls, levels) => post('audio', { calls, ...levels }),
    behave: (behaviours) => post('behave', behaviours),
    idOf: (providerCallId) =>
      until(async () => {
        const { callByProviderId } = await query(
          url,
          `query ($provider: ID!, $call: String!) { callByProviderId(providerId: $provider, providerCallId: $call) { id } }`,
          { provider, call: providerCallId },
          headers,
        );
        return callByProviderId?.id as string | undefined;
      }, `the call ${providerCallId}`),
  };
}

/** The events of a call in progress. */
export const liveCall = (id: string, details: CallDetails = {}): ScriptedEvent[] => [
  {
    type: 'call.started',
    providerCallId: id,
    status: 'IN_PROGRESS',
    details: { direction: 'INBOUND', from: '+15005550001', to: '+15005559999', ...details },
  },
];

/** The events of a call that ended now, after `durationMs`. */
export function endedCall(
  id: string,
  durationMs: number,
  details: CallDetails = {},
  category: EndCategory = 'CUSTOMER_ENDED',
): ScriptedEvent[] {
  const endedAt = Date.now();
  const answeredAt = endedAt - durationMs;
  return [
    ...liveCall(id, { createdAt: answeredAt, answeredAt, ...details }),
    { type: 'call.ended', providerCallId: id, occurredAt: endedAt, end: { category } },
  ];
}

/** An utterance. Offsets are ms since the answer. */
export const said = (
  id: string,
  party: Party,
  text: string,
  at: { readonly startMs?: number; readonly endMs?: number } = {},
): ScriptedEvent => ({ type: 'utterance.final', providerCallId: id, party, text, ...at });

/** Utterances of both parties in turn, three seconds each. */
export const utterances = (id: string, count: number, text = 'That is the line number'): ScriptedEvent[] =>
  Array.from({ length: count }, (_, i) =>
    said(id, Math.floor(i / 2) % 2 === 0 ? 'CUSTOMER' : 'ASSISTANT', `${text} ${i + 1}.`, {
      startMs: i * 3000,
      endMs: i * 3000 + 2500,
    }),
  );
