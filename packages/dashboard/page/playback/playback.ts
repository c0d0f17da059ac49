/** Plays a recording back, in moments of its call. A store outside React around a media element: its time is read every frame. */
import { RecordingError, type RecordingSource } from './recording-source.ts';
import { toMoment, toSeconds, type Sync } from './sync.ts';

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

export interface PlaybackState {
  /** Nothing is fetched before it is wanted. */
  readonly status: 'idle' | 'loading' | 'ready' | 'failed';
  /** How much is fetched, 0 to 1. */
  readonly share: number;
  readonly isPlaying: boolean;
  readonly rate: number;
  readonly error: string | undefined;
}

export interface Playback {
  readonly sync: () => Sync;
  readonly source: RecordingSource;
  readonly state: () => PlaybackState;
  /** The moment that is heard, ms from the answer. */
  readonly moment: () => number;
  /** Is told of every change, while it plays with every frame. */
  readonly subscribe: (listener: () => void) => () => void;
  /** A report may tell the times of a call more exactly while it is played already. */
  retime(sync: Sync): void;
  /** Uses this element until the function that comes back is called. */
  attach(element: HTMLAudioElement): () => void;
  seek(ms: number): void;
  play(): void;
  pause(): void;
  setRate(rate: number): void;
}

const IDLE: PlaybackState = { status: 'idle', share: 0, isPlaying: false, rate: 1, error: undefined };
const UNPLAYABLE = 'The recording cannot be played.';

export function createPlayback(source: RecordingSource, times: Sync): Playback {
  const listeners = new Set<() => void>();
  let sync = times;
  let element: HTMLAudioElement | undefined;
  let state = IDLE;
  let moment = Math.max(0, sync.fromMs);

  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const setState = (change: Partial<PlaybackState>): void => {
    state = { ...state, ...change };
    tell();
  };
  const fail = (error: string): void => setState({ status: 'failed', isPlaying: false, error });

  function see(): void {
    if (!element || state.status !== 'ready') return;
    moment = toMoment(sync, element.currentTime);
    tell();
  }

  function eachFrame(): void {
    if (!state.isPlaying) return;
    see();
    requestAnimationFrame(eachFrame);
  }

  async function load(audio: HTMLAudioElement): Promise<void> {
    setState({ status: 'loading', share: 0, error: undefined });
    const url = await source.open((share) => setState({ share }));
    if (element !== audio) return;
    audio.src = url;
    audio.defaultPlaybackRate = state.rate;
    audio.currentTime = toSeconds(sync, moment);
    setState({ status: 'ready' });
  }

  async function begin(audio: HTMLAudioElement): Promise<void> {
    try {
      if (state.status === 'loading') return;
      if (state.status !== 'ready') await load(audio);
      if (element === audio) await audio.play();
    } catch (error) {
      // An end of the playing before it began, or a browser that wants another click, is no failure of the recording.
      if (element === audio && error instanceof RecordingError) fail(error.message);
    }
  }

  const HEARS = {
    play() {
      setState({ isPlaying: true });
      eachFrame();
    },
    pause: () => setState({ isPlaying: false }),
    seeked: see,
    timeupdate: see,
    error: () => fail(UNPLAYABLE),
  };

  return {
    sync: () => sync,
    source,
    state: () => state,
    moment: () => moment,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retime(times) {
      sync = times;
      see();
      tell();
    },
    attach(audio) {
      element = audio;
      const { signal, abort } = listening();
      for (const [name, hear] of Object.entries(HEARS)) audio.addEventListener(name, hear, { signal });
      return () => {
        abort();
        element = undefined;
        audio.pause();
        audio.removeAttribute('src');
        audio.load();
        source.release();
        state = { ...IDLE, rate: state.rate };
      };
    },
    seek(ms) {
      moment = Math.min(sync.toMs, Math.max(sync.fromMs, ms));
      if (element && state.status === 'ready') element.currentTime = toSeconds(sync, moment);
      tell();
    },
    play: () => void (element && begin(element)),
    pause: () => element?.pause(),
    setRate(rate) {
      if (element) element.playbackRate = element.defaultPlaybackRate = rate;
      setState({ rate });
    },
  };
}

function listening(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
