/** Counts what is stored: events by type, calls, commands, lost audio and notices, and how long commits take. */
import type { CallFact } from '@sidetone/core';
import type { Draft } from './ports.ts';
import { CountsBy, DurationCounts, OTHER } from '../metrics/counts.ts';

/** The bounds of the histogram of commits, in seconds. */
export const COMMIT_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** What the code of a notice looks like. Plugins choose it, and other texts are no value of a label. */
const CODE = /^[A-Z][A-Z_]{0,63}$/;

/** Counts an event besides its type. */
type Count<Type extends CallFact['type']> = (
  counts: StoredCounts,
  fact: Extract<CallFact, { readonly type: Type }>,
  provider: string,
) => void;

/** The events that are counted by more than their type. */
const COUNTED: { readonly [Type in CallFact['type']]?: Count<Type> } = {
  CALL_STARTED: ({ callsStarted }, _fact, provider) => callsStarted.add(1, provider),
  CALL_ENDED: ({ callsEnded }, { end }, provider) => callsEnded.add(1, provider, end.category),
  COMMAND_CHANGED: ({ commands }, { command }, provider) =>
    commands.add(1, provider, command.kind, command.status),
  CALL_NOTICE: ({ notices }, { code }, provider) => notices.add(1, provider, CODE.test(code) ? code : OTHER),
  STREAM_STOPPED({ lostAudioMs, missingFrames }, { counters }, provider) {
    missingFrames.add(counters.missingFrames, provider);
    lostAudioMs.add(counters.listeningLostMs ?? 0, provider, 'listening');
    lostAudioMs.add(counters.recordingLostMs ?? 0, provider, 'recording');
    lostAudioMs.add(counters.transcriptLostMs ?? 0, provider, 'transcript');
  },
  RECORDING_STOPPED({ recordings, recordedBytes }, { end, bytes }, provider) {
    recordings.add(1, provider, end);
    recordedBytes.add(bytes, provider);
  },
};

export class StoredCounts {
  readonly commits = new DurationCounts(COMMIT_BOUNDS);
  readonly events = new CountsBy<[type: string]>();
  readonly callsStarted = new CountsBy<[provider: string]>();
  readonly callsEnded = new CountsBy<[provider: string, category: string]>();
  readonly commands = new CountsBy<[provider: string, command: string, status: string]>();
  readonly notices = new CountsBy<[provider: string, code: string]>();
  readonly lostAudioMs = new CountsBy<[provider: string, kind: string]>();
  readonly missingFrames = new CountsBy<[provider: string]>();
  readonly recordings = new CountsBy<[provider: string, result: string]>();
  readonly recordedBytes = new CountsBy<[provider: string]>();

  /** Counts the events of a commit, and its duration. */
  committed(drafts: readonly Draft[], durationMs: number): void {
    this.commits.add(durationMs);
    for (const { fact, call } of drafts) {
      this.events.add(1, fact.type);
      const count = COUNTED[fact.type] as Count<CallFact['type']> | undefined;
      count?.(this, fact, call.providerId);
    }
  }
}
