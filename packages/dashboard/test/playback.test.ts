import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPlayback } from '../page/playback/playback.ts';
import { RecordingError, type RecordingSource } from '../page/playback/recording-source.ts';
import type { Sync } from '../page/playback/sync.ts';

const SYNC: Sync = { offsetMs: -500, recordedMs: 10_000, callMs: 9000, fromMs: -500, toMs: 9500 };

/** A media element as far as it is used: it plays at once, and its time stands still. */
class FakeAudio extends EventTarget {
  src = '';
  currentTime = 0;
  playbackRate = 1;
  defaultPlaybackRate = 1;
  play(): Promise<void> {
    this.dispatchEvent(new Event('play'));
    return Promise.resolve();
  }
  pause(): void {
    this.dispatchEvent(new Event('pause'));
  }
  removeAttribute(): void {
    this.src = '';
  }
  load(): void {}
}

function start(open: RecordingSource['open'] = () => Promise.resolve('/sound')) {
  const source = { open: vi.fn(open), release: vi.fn() };
  const playback = createPlayback(source, SYNC);
  const audio = new FakeAudio();
  const detach = playback.attach(audio as unknown as HTMLAudioElement);
  return { playback, audio, source, detach };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => vi.stubGlobal('requestAnimationFrame', () => 0));
afterEach(() => vi.unstubAllGlobals());

describe('playback', () => {
  test('fetches nothing before it is wanted', () => {
    const { playback, audio, source } = start();
    playback.seek(3000);
    expect([source.open.mock.calls.length, audio.src, playback.moment()]).toEqual([0, '', 3000]);
  });

  test('begins at the moment that was sought, on the clock of the recording', async () => {
    const { playback, audio } = start();
    playback.seek(3000);
    playback.play();
    await settled();
    expect([audio.src, audio.currentTime, playback.state().isPlaying]).toEqual(['/sound', 3.5, true]);
  });

  test('follows the element, and seeks it once it is there', async () => {
    const { playback, audio } = start();
    playback.play();
    await settled();
    audio.currentTime = 2;
    audio.dispatchEvent(new Event('timeupdate'));
    expect(playback.moment()).toBe(1500);
    playback.seek(4000);
    expect(audio.currentTime).toBe(4.5);
  });

  test('stays on the line of time', () => {
    const { playback } = start();
    const seen = [-Infinity, Infinity].map((ms) => {
      playback.seek(ms);
      return playback.moment();
    });
    expect(seen).toEqual([-500, 9500]);
  });

  test('goes on when the times of the call are told more exactly', async () => {
    const { playback, audio } = start();
    playback.play();
    await settled();
    audio.currentTime = 2;
    playback.retime({ ...SYNC, offsetMs: -100 });
    expect([playback.state().isPlaying, playback.moment(), audio.currentTime]).toEqual([true, 1900, 2]);
  });

  test('keeps its speed for what is loaded later', async () => {
    const { playback, audio } = start();
    playback.setRate(1.5);
    playback.play();
    await settled();
    expect([audio.defaultPlaybackRate, audio.playbackRate]).toEqual([1.5, 1.5]);
  });

  test('tells why there is no sound, and tries again when it is asked to', async () => {
    let isThere = false;
    const { playback } = start(() =>
      isThere ? Promise.resolve('/sound') : Promise.reject(new RecordingError('It is not there.')),
    );
    playback.play();
    await settled();
    expect(playback.state()).toMatchObject({ status: 'failed', error: 'It is not there.' });
    isThere = true;
    playback.play();
    await settled();
    expect(playback.state()).toMatchObject({ status: 'ready', isPlaying: true });
  });

  test('of which nobody is left is quiet, lets go of its file, and takes no late failure', async () => {
    let fail = (): void => undefined;
    const { playback, source, detach } = start(
      () => new Promise((_resolve, reject) => (fail = () => reject(new RecordingError('Too late.')))),
    );
    playback.play();
    detach();
    fail();
    await settled();
    expect(source.release).toHaveBeenCalledTimes(1);
    expect(playback.state().status).toBe('idle');
  });
});
