/** Streams, levels and waveforms. */
import { CallAnchors } from '../audio/call-anchors.ts';
import { CallAudioRegistry } from '../audio/call-audio-registry.ts';
import { LevelMeters } from '../audio/level-meters.ts';
import { Streams } from '../audio/streams.ts';
import { Waveforms } from '../audio/waveforms/waveforms.ts';
import { Silences } from '../capture/silences.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

export function registerAudio(register: Register, { config, clock, ids, log }: Environment): void {
  const anchors = new CallAnchors(clock);
  register(tokens.SILENCES, () => new Silences({ anchors, clock }));
  register(tokens.LEVEL_METERS, () => new LevelMeters({ clock }));
  register(
    tokens.CALL_AUDIO_REGISTRY,
    (get) =>
      new CallAudioRegistry({ demand: get(tokens.DEMAND), anchors, silences: get(tokens.SILENCES), clock }),
  );
  register(
    tokens.WAVEFORMS,
    (get) =>
      new Waveforms({
        store: get(tokens.STORE).waveforms,
        clock,
        log: log('waveforms'),
        isKept: config.recording.waveform,
      }),
  );
  register(
    tokens.STREAMS,
    (get) =>
      new Streams({
        ingest: get(tokens.INGEST),
        demand: get(tokens.DEMAND),
        levels: get(tokens.LEVEL_METERS),
        audio: get(tokens.CALL_AUDIO_REGISTRY),
        waveforms: get(tokens.WAVEFORMS),
        anchors,
        silences: get(tokens.SILENCES),
        ids,
        clock,
      }),
  );
}
