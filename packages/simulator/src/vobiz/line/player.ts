// Files that the person hears. Each is fetched when its turn comes; what is no WAV, or is not there, is skipped.

import { fetchAudio } from '../../http/fetch-audio.ts';
import type { Line, Sound } from './line.ts';

/** How many requests to play may wait or be heard at once; one more is ignored. */
export const MAX_PLAYS = 50;

/** What a player needs. `signal` ends what is being fetched. */
export interface PlayerDeps {
  readonly line: Line;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** See the top of the file. */
export interface Player {
  /** Nothing is played or fetched. */
  readonly idle: boolean;
  /** Looks for the next file where one is over. */
  tick(): void;
  /** Plays files one after the other. Tells whether that goes on. */
  play(urls: readonly string[]): () => boolean;
  /** Cuts off what is heard, and forgets what waits. */
  stop(): void;
}

interface Playing {
  readonly urls: string[];
  sound: Sound | undefined;
  isFetching: boolean;
}

/** The player of one call. */
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

  /** Whether something is still to be heard of it; looks for the next file when one is over. */
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
