import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPlayback } from '../page/playback/playback.ts';
import { AudioError, type UrlSource } from '../page/api/signed-url.ts';
import type { Sync } from '../page/playback/sync.ts';

const SYNC: Sync = { offsetMs: -500, recordedMs: 10_000, callMs: 9000, fromMs: -500, toMs: 9500 };

/** A media element that plays immediately and whose time does not advance. */
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

function start(open: UrlSource = () => Promise.resolve('/sound')) {
  const source = vi.fn(open);
  const playback = createPlayback(source, SYNC);
  const audio = new FakeAudio();
  const detach = playback.attach(audio as unknown as HTMLAudioElement);
  return { playback, audio, source, detach };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => vi.stubGlobal('requestAnimationFrame', () => 0));
afterEach(() => vi.unstubAllGlobals());

describe('createPlayback', () => {
  test('loads nothing before the first play', () => {
    const { playback, audio, source } = start();
    playback.seek(3000);
    expect([source.mock.calls.length, audio.src, playback.positionMs()]).toEqual([0, '', 3000]);
  });

  test('starts at the position that was sought, on the clock of the recording', async () => {
    const { playback, audio } = start();
    playback.seek(3000);
    playback.play();
    await settled();
    expect([audio.src, audio.currentTime, playback.state().isPlaying]).toEqual(['/sound', 3.5, true]);
  });

  test('follows the element, and seeks it once it is loaded', async () => {
    const { playback, audio } = start();
    playback.play();
    await settled();
    audio.currentTime = 2;
    audio.dispatchEvent(new Event('timeupdate'));
    expect(playback.positionMs()).toBe(1500);
    playback.seek(4000);
    expect(audio.currentTime).toBe(4.5);
  });

  test('clamps positions to the range of the seek bar', () => {
    const { playback } = start();
    const seen = [-Infinity, Infinity].map((ms) => {
      playback.seek(ms);
      return playback.positionMs();
    });
    expect(seen).toEqual([-500, 9500]);
  });

  test('continues when the times of the call change', async () => {
    const { playback, audio } = start();
    playback.play();
    await settled();
    audio.currentTime = 2;
    playback.setSync({ ...SYNC, offsetMs: -100 });
    expect([playback.state().isPlaying, playback.positionMs(), audio.currentTime]).toEqual([true, 1900, 2]);
  });

  test('applies the speed to a recording that is loaded later', async () => {
    const { playback, audio } = start();
    playback.setRate(1.5);
    playback.play();
    await settled();
    expect([audio.defaultPlaybackRate, audio.playbackRate]).toEqual([1.5, 1.5]);
  });

  test('reports a failure and retries on the next play', async () => {
    let isAvailable = false;
    const { playback } = start(() =>
      isAvailable ? Promise.resolve('/sound') : Promise.reject(new AudioError('Not found.')),
    );
    playback.play();
    await settled();
    expect(playback.state()).toMatchObject({ status: 'failed', error: 'Not found.' });
    isAvailable = true;
    playback.play();
    await settled();
    expect(playback.state()).toMatchObject({ status: 'ready', isPlaying: true });
  });

  test('stops and ignores late failures when detached', async () => {
    let fail = (): void => undefined;
    const { playback, audio, detach } = start(
      () => new Promise((_resolve, reject) => (fail = () => reject(new AudioError('Too late.')))),
    );
    playback.play();
    detach();
    fail();
    await settled();
    expect([playback.state().status, audio.src]).toEqual(['idle', '']);
  });

  test('continues with a new URL when the old one has expired', async () => {
    let count = 0;
    const { playback, audio } = start(() => Promise.resolve(`/sound?${++count}`));
    playback.play();
    await settled();
    audio.currentTime = 2;
    audio.dispatchEvent(new Event('timeupdate'));
    audio.dispatchEvent(new Event('error'));
    await settled();
    expect(playback.state()).toMatchObject({ status: 'ready', isPlaying: true });
    expect([audio.src, audio.currentTime]).toEqual(['/sound?2', 2]);
    // A file that fails again without having been played is not requested for ever.
    audio.dispatchEvent(new Event('error'));
    await settled();
    expect(playback.state()).toMatchObject({ status: 'failed', isPlaying: false });
    expect(count).toBe(2);
  });

  test('requests a new URL on the next play if the old one expired during a pause', async () => {
    let count = 0;
    const { playback, audio } = start(() => Promise.resolve(`/sound?${++count}`));
    playback.play();
    await settled();
    audio.dispatchEvent(new Event('playing'));
    playback.pause();
    playback.seek(4000);
    audio.dispatchEvent(new Event('error'));
    await settled();
    expect([playback.state().status, count]).toEqual(['idle', 1]);
    playback.play();
    await settled();
    expect([audio.src, audio.currentTime]).toEqual(['/sound?2', 4.5]);
  });
});
