/** A relayed call on a fake host, with Vobiz's end of the stream socket and the agent's end of each dialled socket. */
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
import type { ByteOrder } from '../../src/stream/byte-order.ts';
import { createByteOrders } from '../../src/stream/byte-orders.ts';
import { CALL, frame, samplesOf, STREAM, textOf } from '../samples.ts';

export const CALL_ID = providerCallId(CALL);
export const AGENT_URL = 'wss://agent.example.in/calls/{callId}?from={from}&key=s3cr3t';
export const START = frame('start_nested_mulaw_8k');
export const signal: AbortSignal = new AbortController().signal;
export const command = (name: string): CommandId => `cmd_${name}` as CommandId;

/** Returns a message of an agent. */
export function out(name: string): string {
  const found = samplesOf('stream-out').find((sample) => sample.name === name);
  if (!found) throw new Error(`unknown stream-out sample: ${name}`);
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
  /** The next steps that were stored. */
  readonly stored: string[];
  /** Opens a socket of the call, like Vobiz. */
  open(): FakeSocket;
  /** Returns the agent's end of a dial, by default the last one. */
  agent(index?: number): FakeSocket;
}

export interface RelayOptions extends Partial<Pick<RelaysDeps, 'fallbackFormat' | 'onAgentEnded'>> {
  readonly hostOptions?: FakeHostOptions;
  readonly dial?: ProviderHost['dial'];
  readonly retries?: number;
  readonly flatStart?: boolean;
  readonly byteOrder?: ByteOrder | 'auto';
}

/** Starts relays with an expected call and agents that accept every connection. */
export async function startRelays(options: RelayOptions = {}): Promise<RelayHarness> {
  const host = createFakeHost(options.hostOptions);
  const {
    dial,
    hostOptions: _hostOptions,
    retries = 4,
    flatStart = false,
    byteOrder = 'auto',
    ...deps
  } = options;
  host.answerDials(() => {});
  const stored: string[] = [];
  const store = (step: string) => (callId: string) => {
    stored.push(`${step} ${callId}`);
    return Promise.resolve();
  };
  const relays = createRelays({
    host: dial ? { ...host, dial } : host,
    agentUrl: new Secret(AGENT_URL),
    agent: { connectTimeoutMs: 3000, retries, flatStart },
    byteOrders: createByteOrders(host, byteOrder),
    fallbackFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 },
    emit: (event) => host.emit(event),
    onStart: () => {},
    onDtmf: () => {},
    onAgentEnded: store('hang up'),
    onAgentUnreachable: store('fallback'),
    ...deps,
  });
  await relays.load();
  await relays.expect(CALL_ID, { from: '+919000000002', to: '+918000000001', direction: 'inbound' });
  const listening = new WeakSet<FakeSocket>();
  return {
    host,
    relays,
    stored,
    open() {
      const { socket, peer } = createFakeSocket();
      relays.open(CALL_ID, socket);
      peer.onMessage(() => {});
      return peer;
    },
    agent(index = -1) {
      const peer = host.dials.at(index)?.peer;
      if (!peer) throw new Error('the agent is not connected');
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

/** Starts a call with an open stream and a connected agent. */
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

/** Sends messages from one end and waits until they are delivered. */
export async function deliver(host: FakeHost, from: Socket, ...messages: readonly (string | Uint8Array)[]) {
  for (const message of messages) await from.send(message);
  await host.clock.settle();
}

/** Returns the events of the messages that an end received. */
export const eventsAt = (end: FakeSocket): string[] =>
  end.received.map((text) => String((JSON.parse(String(text)) as { event?: unknown }).event));

export const confirmed = (host: FakeHost): string[] =>
  host.eventsOf('command.confirmed').map(({ commandId }) => commandId);
export const notices = (host: FakeHost): string[] => host.eventsOf('notice').map(({ code }) => code);

/** Returns a WAV file of 16-bit mono audio at 8 kHz with equal samples. */
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
