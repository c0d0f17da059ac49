/** Measures the audio of all live calls while the settings want it, so that the rules see more than the rows in view. */
import { subscribeLive, type LiveSocket } from '../api/live.ts';
import { AUDIO_LEVELS, type CallLevels } from '../levels/documents.ts';
import type { SettingsStore } from './settings.ts';

const INTERVAL_MS = 1000;

interface AllLevelsDeps {
  readonly socket: LiveSocket;
  readonly settings: Pick<SettingsStore, 'state' | 'subscribe'>;
  readonly canListen: boolean;
  readonly onLevels: (levels: readonly CallLevels[]) => void;
}

/** Returns a function that stops it. */
export function followAllLevels({ socket, settings, canListen, onLevels }: AllLevelsDeps): () => void {
  let stop: (() => void) | undefined;
  function apply(): void {
    if (canListen && settings.state().measuresAll) {
      stop ??= subscribeLive(
        socket,
        AUDIO_LEVELS,
        { callIds: null, intervalMs: INTERVAL_MS },
        { next: ({ audioLevels }) => onLevels(audioLevels.levels) },
      );
    } else {
      stop?.();
      stop = undefined;
    }
  }
  apply();
  const unsubscribe = settings.subscribe(apply);
  return () => {
    unsubscribe();
    stop?.();
  };
}
