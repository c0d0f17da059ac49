/** A relayed call on a fake host: Vobiz's end of the stream's socket, and the agent's end of each that was dialled. */
import { providerCallId, Secret, type CommandId, type ProviderHost, type Socket } from '@sidetone/core';
import {
  createFakeHost,
  createFakeSocket,
  type FakeHost,
  type FakeHostOptions,
  type FakeSocket,
} from '@sidetone/testkit';
import type { RelayCommands } from '../../src/relay/relay-commands.ts';
import { createRelays, type Relays, type RelaysDeps } from '../../src/relay/relays.ts';
import { CALL, frame, samplesOf, STREAM, textOf } from '../samples.ts';

export const CALL_ID = providerCallId(CALL);
export const AGENT_URL = 'wss://agent.example.in/calls/{callId}?from={from}&key=s3cr3t';
export const START = frame('start_nested_mulaw_8k');
export const signal: AbortSignal = new AbortController().signal;
export const command = (name: string): CommandId => `cmd_${name}` as CommandId;

/** A message that an agent sends. */
export function out(name: string): string {
  const found = samplesOf('stream-out').find((sample) => sample.name === name);
  if (!found) throw new Error(`there is no stream-out sample ${name}`);
  return textOf(found.body);
}

export const media = (payload: string, fields: object = {}): string =>
  JSON.stringify({ event: 'media', streamId: STREAM, media: { track: 'inbound', payload, ...fields } });
export const say = (payload: string): string =>
  JSON.stringify({
    event: 'playAudio',
    streamId: STREAM,
    media: { contentType: 'audio/x-mulaw', sampleRate: 8000, payload },
  });
export const CLEAR = JSON.stringify({ event: 'clearAudio', streamId: STREAM });
export const CLEARED = JSON.stringify({ event: 'clearedAudio', streamId: STREAM });
export const STOP = JSON.stringify({ event: 'stop', streamId: STREAM });
export const FRAME = Buffer.alloc(160, 0x20).toString('base64');

export interface RelayHarness {
  readonly host: FakeHost;
  readonly relays: Relays;
  /** What was asked to be kept for the time after the stream. */
  readonly kept: string[];
  /** Opens a socket of the call, as Vobiz does. */
  open(): FakeSocket;
  /** The agent's end of a dial, the last one unless told. */
  agent(index?: number): FakeSocket;
}

export interface RelayOptions extends Partial<
  Pick<RelaysDeps, 'byteOrder' | 'fallbackFormat' | 'onAgentEnded'>
> {
  readonly hostOptions?: FakeHostOptions;
  readonly dial?: ProviderHost['dial'];
  readonly retries?: number;
}

/** Relays with a call that is expected, and agents that take every call. */
export async function startRelays(options: RelayOptions = {}): Promise<RelayHarness> {
  const host = createFakeHost(options.hostOptions);
  const { dial, hostOptions: _hostOptions, retries = 4, ...deps } = options;
  host.answerDials(() => {});
  const kept: string[] = [];
  const keep = (what: string) => (callId: string) => {
    kept.push(`${what} ${callId}`);
    return Promise.resolve();
  };
  const relays = createRelays({
    host: dial ? { ...host, dial } : host,
    agentUrl: new Secret(AGENT_URL),
    agent: { connectTimeoutMs: 3000, retries },
    byteOrder: 'auto',
    fallbackFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 },
    emit: (event) => host.emit(event),
    onStart: () => {},
    onDtmf: () => {},
    onAgentEnded: keep('hang up'),
    onAgentUnreachable: keep('fallback'),
    ...deps,
  });
  await relays.load();
  await relays.expect(CALL_ID, { from: '+919000000002', to: '+918000000001' });
  const listening = new WeakSet<FakeSocket>();
  return {
    host,
    relays,
    kept,
    open() {
      const { socket, peer } = createFakeSocket();
      relays.open(CALL_ID, socket);
      peer.onMessage(() => {});
      return peer;
    },
    agent(index = -1) {
      const peer = host.dials.at(index)?.peer;
      if (!peer) throw new Error('the agent was not dialled, or did not answer');
      if (!listening.has(peer)) peer.onMessage(() => {});
      listening.add(peer);
      return peer;
    },
  };
}

export interface OpenRelay extends RelayHarness {
  readonly vobiz: FakeSocket;
  relay(): RelayCommands;
}

/** A call whose stream has started, with its agent connected. */
export async function startRelay(options: RelayOptions = {}, start = START): Promise<OpenRelay> {
  const harness = await startRelays(options);
  const vobiz = harness.open();
  await vobiz.send(start);
  await harness.host.clock.settle();
  if (harness.host.dials.at(-1)?.peer) harness.agent();
  return {
    ...harness,
    vobiz,
    relay() {
      const relay = harness.relays.get(CALL_ID);
      if (!relay) throw new Error('the call has no open relay');
      return relay;
    },
  };
}

/** Sends from one end, and lets it arrive wherever it goes. */
export async function tell(host: FakeHost, from: Socket, ...messages: readonly (string | Uint8Array)[]) {
  for (const message of messages) await from.send(message);
  await host.clock.settle();
}

/** The names of the messages that reached an end. */
export const eventsAt = (end: FakeSocket): string[] =>
  end.received.map((text) => String((JSON.parse(String(text)) as { event?: unknown }).event));

export const confirmed = (host: FakeHost): string[] =>
  host.eventsOf('command.confirmed').map(({ commandId }) => commandId);
export const notices = (host: FakeHost): string[] => host.eventsOf('notice').map(({ code }) => code);

/** A WAV file of 16-bit mono sound at 8 kHz, all samples alike. */
export function wav(samples: number, value = 1000): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + samples * 2);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from('RIFF____WAVEfmt '));
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true);
  view.setUint16(34, 16, true);
  bytes.set(Buffer.from('data'), 36);
  view.setUint32(40, samples * 2, true);
  for (let i = 0; i < samples; i++) view.setInt16(44 + i * 2, value, true);
  return bytes;
}
