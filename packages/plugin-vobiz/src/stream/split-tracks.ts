/**
 * Whether the two parties of a call are requested as two streams of one track. In a stream of both, the frames of an account
 * may not name their track; then the parties cannot be distinguished. Remembered across restarts.
 */
import type { ProviderHost } from '@sidetone/core';
import { boundedWrite } from '../calls/durable-state.ts';
import type { Track } from '../wire.ts';

const STATE_KEY = 'split-tracks';

export interface SplitTracks {
  /** Whether streams are requested by track from now on. */
  readonly isSplit: boolean;
  /** Loads what was found before a restart. */
  load(): Promise<void>;
  /** To be called when the frames of a stream of both tracks name none. */
  tracksMissing(): void;
  /** To be called when the frames of a stream name their track: one stream of both is sufficient. */
  tracksNamed(): void;
}

/** Returns the URL for the stream of one track. */
export function trackUrl(streamUrl: URL, track: Track): URL {
  const url = new URL(streamUrl);
  url.pathname += `/${track}`;
  return url;
}

/** Creates the state of an account: one stream of both tracks, unless `load` says otherwise. */
export function createSplitTracks(host: Pick<ProviderHost, 'state' | 'clock' | 'log'>): SplitTracks {
  let isSplit = false;

  function set(value: boolean): void {
    if (isSplit === value) return;
    isSplit = value;
    host.log.info('audio frames name their track or not', { isNamed: !value });
    const written = value ? host.state.set(STATE_KEY, 'true') : host.state.delete(STATE_KEY);
    void boundedWrite(host, written);
  }

  return {
    get isSplit() {
      return isSplit;
    },
    async load() {
      isSplit = (await host.state.get(STATE_KEY)) === 'true';
    },
    tracksMissing: () => set(true),
    tracksNamed: () => set(false),
  };
}
