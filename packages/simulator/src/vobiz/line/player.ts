// Plays files to the person. Each is downloaded when it is due; invalid and missing files are skipped.

import { fetchAudio } from '../../http/fetch-audio.ts';
import type { Line, Sound } from './line.ts';

/** How many playbacks can be active or queued; further ones are ignored. */
const MAX_PLAYS = 50;

/** The dependencies of a player. `signal` cancels downloads. */
interface PlayerDeps {
  readonly line: Line;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** The player of one call. */
export interface Player {
  /** Whether nothing is playing or being downloaded. */
  readonly idle: boolean;
  /** Starts the next files that are due. */
  tick(): void;
  /** Plays files one after the other. The returned function reports whether it is still playing. */
  play(urls: readonly string[]): () => boolean;
  /** Stops all playbacks. */
  stop(): void;
}

interface Playing {
  readonly urls: string[];
  sound: Sound | undefined;
  isFetching: boolean;
}

/** Creates the player of one call. */
export function createPlayer({ line, signal, note }: PlayerDeps): Player {
  let playbacks: Playing[] = [];

  const fetchNext = async (playing: Playing): Promise<void> => {
    const url = playing.urls.shift();
    if (url === undefined) return;
    playing.isFetching = true;
    const samples = await fetchAudio(url, signal);
    playing.isFetching = false;
    if (typeof samples === 'string') note(`play: ${samples}`);
    else if (playbacks.includes(playing)) playing.sound = line.play('outbound', samples);
  };

  /** Starts the next file if the current one has ended. Returns false when there are none left. */
  const advance = (playing: Playing): boolean => {
    if (!playbacks.includes(playing)) return false;
    if (playing.isFetching || playing.sound?.over === false) return true;
    if (playing.urls.length === 0) {
      playbacks = playbacks.filter((one) => one !== playing);
      return false;
    }
    void fetchNext(playing);
    return true;
  };

  return {
    get idle() {
      return playbacks.length === 0;
    },
    tick() {
      playbacks.forEach(advance);
    },
    play(urls) {
      const playing: Playing = { urls: [...urls], sound: undefined, isFetching: false };
      if (playbacks.length >= MAX_PLAYS) note('play: too many at once');
      else playbacks.push(playing);
      return () => advance(playing);
    },
    stop() {
      for (const { sound } of playbacks) sound?.stop();
      playbacks = [];
    },
  };
}
