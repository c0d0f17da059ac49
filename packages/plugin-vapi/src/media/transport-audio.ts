/**
 * The audio of a transport call, of which we are the customer. A frame is sent every 20 ms, silence if there is nothing to play,
 * because Vapi ends a call without audio. The assistant's audio arrives in bursts, and is written at the same pace.
 */
import {
  createByteQueue,
  createSoundQueue,
  samplesInFrame,
  type AudioFormat,
  type Sound,
} from '@sidetone/plugin-kit';
import {
  FRAME_MS,
  pace,
  type MediaStream,
  type ProviderCallId,
  type ProviderHost,
  type Socket,
} from '@sidetone/core';

/** Frames that may wait for the socket; further ones are dropped, because late audio is useless. */
const MAX_UNSENT_FRAMES = 50;

interface TransportAudio {
  /** Starts to send frames over a socket, and to write both parties to a media stream. */
  start(socket: Socket): void;
  /** Queues audio of the assistant. */
  receive(bytes: Uint8Array): void;
  /** Drops the queued audio of the assistant: it was interrupted. */
  dropReceived(): void;
  /** Queues a sound to be played. Returns false if the queue is full. */
  play(sound: Sound): boolean;
  /** Drops the sounds that are played or queued. */
  clear(): void;
  stop(reason: string): void;
}

export function createTransportAudio(
  host: Pick<ProviderHost, 'openStream' | 'clock'>,
  providerCallId: ProviderCallId,
  format: AudioFormat,
): TransportAudio {
  const outgoing = createSoundQueue(format);
  const incoming = createByteQueue(format);
  let stream: MediaStream | undefined;
  let stopPacing: (() => void) | undefined;
  let unsent = 0;

  function sendFrame(socket: Socket, to: MediaStream, number: number): void {
    const samples = samplesInFrame(number, format.sampleRate);
    const positionMs = number * FRAME_MS;
    const received = incoming.take(samples);
    if (received.length > 0) to.write('ASSISTANT', received, positionMs);
    const played = outgoing.take(samples);
    if (unsent >= MAX_UNSENT_FRAMES) return;
    unsent++;
    to.write('CUSTOMER', played, positionMs);
    socket
      .send(played)
      .catch(() => undefined)
      .finally(() => void unsent--);
  }

  return {
    start(socket) {
      const opened = host.openStream({ ...format, providerCallId, parties: ['CUSTOMER', 'ASSISTANT'] });
      stream = opened;
      stopPacing = pace(host.clock, (number) => sendFrame(socket, opened, number));
    },
    receive: (bytes) => incoming.add(bytes),
    dropReceived: () => incoming.clear(),
    play: (sound) => outgoing.add(sound),
    clear: () => outgoing.clear(),
    stop(reason) {
      stopPacing?.();
      stream?.end(reason);
    },
  };
}
