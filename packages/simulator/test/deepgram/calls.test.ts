import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { encodeStereo } from '../../src/audio/pcm.ts';
import type { CallState } from '../../src/index.ts';
import { connect, textOf, TWO_CHANNELS } from '../support/deepgram.ts';
import type { Message } from '../support/deepgram.ts';
import { audioOf } from '../support/vobiz.ts';
import { createSetup } from '../support/setup.ts';
import type { Setup } from '../support/setup.ts';

interface OverCall {
  readonly setup: Setup;
  readonly call: CallState;
  readonly inbound: Int16Array;
  readonly outbound: Int16Array;
}

/** Runs a call of the simulated Vobiz and returns the audio of its stream in L16 at 8 kHz. */
async function runCall(context: TestContext, script: string): Promise<OverCall> {
  const setup = await createSetup(context);
  const { application, simulator } = setup;
  application.answer = () =>
    `<Response><Stream audioTrack="both" contentType="audio/x-l16;rate=8000">${application.wsUrl}/tap</Stream><Dial>+919000000002</Dial></Response>`;
  const call = await simulator.startCall({ provider: 'vobiz', script }).over;
  const stream = await application.until('a stream', () => application.streams[0]);
  return { setup, call, inbound: audioOf(stream, 'inbound'), outbound: audioOf(stream, 'outbound') };
}

/** Returns the messages about two channels. */
async function transcribe(setup: Setup, one: Int16Array, other: Int16Array): Promise<readonly Message[]> {
  setup.simulator.deepgram.setBehaviour({ throttle: 0, latencyMs: 0 });
  const client = await connect(setup.simulator, TWO_CHANNELS);
  client.socket.send(encodeStereo(one, other));
  client.sendJson({ type: 'CloseStream' });
  await client.closed;
  return client.messages;
}

const said = ({ transcript }: CallState, speaker: string): string =>
  transcript.flatMap((entry) => (entry.speaker === speaker ? [entry.text] : [])).join(' ');

const lettersOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L} ]/gu, '');

describe.concurrent('the transcript of a simulated Vobiz call', () => {
  it('has the words of each party on its channel', async (context) => {
    const { setup, call, inbound, outbound } = await runCall(context, 'hello');
    const messages = await transcribe(setup, inbound, outbound);
    expect(textOf(messages, 0)).toBe(said(call, 'customer'));
    expect(textOf(messages, 1)).toBe(said(call, 'assistant'));
  });

  it('has the words of the other party when the channels are swapped', async (context) => {
    const { setup, call, inbound, outbound } = await runCall(context, 'hello');
    const messages = await transcribe(setup, outbound, inbound);
    expect(textOf(messages, 0)).toBe(said(call, 'assistant'));
    expect(textOf(messages, 1)).toBe(said(call, 'customer'));
  });

  it('has only the words that were spoken before an interruption', async (context) => {
    const { setup, call, inbound, outbound } = await runCall(context, 'interruption');
    const messages = await transcribe(setup, inbound, outbound);
    expect(lettersOf(textOf(messages, 0))).toBe(lettersOf(said(call, 'customer')));
    const words = lettersOf(textOf(messages, 1)).split(' ');
    const spoken = lettersOf(said(call, 'assistant')).split(' ');
    expect(Math.abs(words.length - spoken.length)).toBeLessThanOrEqual(1);
    expect(spoken.slice(0, 3)).toEqual(words.slice(0, 3));
  });
});
