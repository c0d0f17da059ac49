/** Plays a recording, with positions relative to its call. A store outside React that reads the time of a media element every frame. */
import { AudioError, type UrlSource } from '../api/signed-url.ts';
import { toPositionMs, toSeconds, type Sync } from './sync.ts';

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

export interface PlaybackState {
  /** `idle` until the first play: nothing is loaded before. */
  readonly status: 'idle' | 'loading' | 'ready' | 'failed';
  readonly isPlaying: boolean;
  readonly rate: number;
  readonly error: string | undefined;
}

export interface Playback {
  readonly sync: () => Sync;
  readonly source: UrlSource;
  readonly state: () => PlaybackState;
  /** The current position, ms from the answer. */
  readonly positionMs: () => number;
  /** Listeners are called on every change, and every frame while playing. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Replaces the times, for example after a provider report. Does not interrupt playback. */
  setSync(sync: Sync): void;
  /** Attaches a media element. Returns a function that detaches it. */
  attach(element: HTMLAudioElement): () => void;
  seek(ms: number): void;
  play(): void;
  pause(): void;
  setRate(rate: number): void;
}

const IDLE: PlaybackState = { status: 'idle', isPlaying: false, rate: 1, error: undefined };
const UNPLAYABLE = 'The recording cannot be played.';

export function createPlayback(source: UrlSource, initialSync: Sync): Playback {
  const listeners = new Set<() => void>();
  let sync = initialSync;
  let element: HTMLAudioElement | undefined;
  let state = IDLE;
  let positionMs = Math.max(0, sync.fromMs);
  /** Whether the URL was renewed after an error, and nothing was played since. */
  let isRenewed = false;

  const notify = (): void => {
    for (const listener of listeners) listener();
  };
  const setState = (change: Partial<PlaybackState>): void => {
    state = { ...state, ...change };
    notify();
  };
  const fail = (error: string): void => setState({ status: 'failed', isPlaying: false, error });

  function updatePosition(): void {
    if (!element || state.status !== 'ready') return;
    positionMs = toPositionMs(sync, element.currentTime);
    notify();
  }

  function onFrame(): void {
    if (!state.isPlaying) return;
    updatePosition();
    requestAnimationFrame(onFrame);
  }

  async function load(audio: HTMLAudioElement): Promise<void> {
    setState({ status: 'loading', error: undefined });
    const url = await source();
    if (element !== audio) return;
    audio.src = url;
    audio.defaultPlaybackRate = state.rate;
    audio.currentTime = toSeconds(sync, positionMs);
    setState({ status: 'ready' });
  }

  async function start(audio: HTMLAudioElement): Promise<void> {
    try {
      if (state.status === 'loading') return;
      if (state.status !== 'ready') await load(audio);
      if (element === audio) await audio.play();
    } catch (error) {
      // `play` also rejects when it is interrupted or blocked by the autoplay policy; that is not an error.
      if (element === audio && error instanceof AudioError) fail(error.message);
    }
  }

  /** Most often, the URL has expired during a pause, so playback continues with a new one. */
  function onError(): void {
    if (!element || state.status !== 'ready' || isRenewed) return fail(UNPLAYABLE);
    isRenewed = true;
    const { isPlaying } = state;
    setState({ status: 'idle', isPlaying: false });
    if (isPlaying) void start(element);
  }

  const handlers = {
    play() {
      setState({ isPlaying: true });
      onFrame();
    },
    pause: () => setState({ isPlaying: false }),
    seeked: updatePosition,
    timeupdate: updatePosition,
    playing: () => (isRenewed = false),
    error: onError,
  };

  return {
    sync: () => sync,
    source,
    state: () => state,
    positionMs: () => positionMs,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setSync(next) {
      sync = next;
      updatePosition();
      notify();
    },
    attach(audio) {
      element = audio;
      const controller = new AbortController();
      for (const [name, handler] of Object.entries(handlers))
        audio.addEventListener(name, handler, { signal: controller.signal });
      return () => {
        controller.abort();
        element = undefined;
        audio.pause();
        audio.removeAttribute('src');
        audio.load();
        state = { ...IDLE, rate: state.rate };
      };
    },
    seek(ms) {
      positionMs = Math.min(sync.toMs, Math.max(sync.fromMs, ms));
      if (element && state.status === 'ready') element.currentTime = toSeconds(sync, positionMs);
      notify();
    },
    play: () => void (element && start(element)),
    pause: () => element?.pause(),
    setRate(rate) {
      if (element) element.playbackRate = element.defaultPlaybackRate = rate;
      setState({ rate });
    },
  };
}
