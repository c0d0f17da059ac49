/**
 * Audio of calls of all nodes for listeners of this one, and that of own calls for the listeners of others. When a call moves to
 * another node, both follow it.
 */
import type { CallId } from '@sidetone/core';
import type { AudioSink, AudioSource } from '../audio/ports.ts';
import type { CallRegistry } from '../calls/call-registry.ts';
import type { LiveRelay } from '../live/following/ports.ts';
import { decodeFrame, encodeFrame } from './relayed-frames.ts';

export interface RelayedAudioDeps {
  readonly audio: Pick<AudioSource, 'join'>;
  readonly relay: LiveRelay;
  readonly registry: Pick<CallRegistry, 'peek' | 'onMoved'>;
}

export class RelayedAudio implements Pick<AudioSource, 'join'> {
  readonly #deps: RelayedAudioDeps;
  /** The own calls that other nodes listen to. */
  readonly #sending = new Map<CallId, () => void>();

  constructor(deps: RelayedAudioDeps) {
    this.#deps = deps;
  }

  /** Number of calls whose audio is sent to other nodes. */
  get sending(): number {
    return this.#sending.size;
  }

  /** Sends the audio of own calls while other nodes demand it. Returns a function that stops. */
  start(): () => void {
    const { relay, registry } = this.#deps;
    const stops = [
      relay.demand.onChange((kind, callId) => {
        if (kind === 'audio' && callId !== undefined) this.#update(callId);
      }),
      registry.onMoved({ came: ({ id }) => this.#update(id), left: (callId) => this.#update(callId) }),
    ];
    return () => {
      for (const stop of stops) stop();
      for (const leave of this.#sending.values()) leave();
      this.#sending.clear();
    };
  }

  join(callId: CallId, sink: AudioSink): () => void {
    const { audio, relay, registry } = this.#deps;
    let leave: (() => void) | undefined;
    const update = (): void => {
      const isOwn = registry.peek(callId) !== undefined;
      if (isOwn) leave ??= audio.join(callId, sink);
      else {
        leave?.();
        leave = undefined;
      }
    };
    const unfollow = relay.subscriber.follow('audio', callId, (_callId, { data }) => {
      // The last frames of another node, after the call has come here.
      if (leave) return;
      const frame = decodeFrame(data);
      if (frame) sink.frame(frame.samples, frame.at);
    });
    const onMove = (moved: CallId): void => {
      if (moved === callId) update();
    };
    const stop = registry.onMoved({ came: ({ id }) => onMove(id), left: onMove });
    update();
    return () => {
      stop();
      unfollow();
      leave?.();
      leave = undefined;
    };
  }

  #update(callId: CallId): void {
    const { audio, relay, registry } = this.#deps;
    const isDemanded = relay.demand.hasCall('audio', callId) && registry.peek(callId) !== undefined;
    if (isDemanded === this.#sending.has(callId)) return;
    if (!isDemanded) {
      this.#sending.get(callId)?.();
      this.#sending.delete(callId);
      return;
    }
    const sink: AudioSink = {
      needsSilence: true,
      frame: (samples, at) => relay.publisher.publish('audio', callId, () => encodeFrame(samples, at)),
    };
    this.#sending.set(callId, audio.join(callId, sink));
  }
}
