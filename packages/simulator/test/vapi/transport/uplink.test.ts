import { describe, expect, it } from 'vitest';
import { createUplink, MAX_BACKLOG_MS } from '../../../src/vapi/transport/uplink.ts';
import { createUplinkMeter } from '../../../src/vapi/transport/uplink-meter.ts';
import { createSpeechDetector } from '../../../src/vapi/transport/speech-detector.ts';
import { DEFAULT_FORMAT } from '../../../src/vapi/transport/audio-format.ts';
import { sine } from '../../support/signal.ts';

const FRAME = new Int16Array(320);

describe('the uplink meter', () => {
  it('measures no lead and no gap for a steady stream', () => {
    let now = 0;
    const meter = createUplinkMeter(32_000, () => now);
    for (; now < 2_000; now += 20) meter.frame(640, FRAME);
    expect(meter.measured()).toEqual({
      frames: 100,
      bytes: 64_000,
      audioMs: 2_000,
      largestGapMs: 20,
      aheadMs: 0,
      bytesFasterThanRealTime: 0,
      rmsPerSecond: [0, 0],
    });
  });

  it('measures a gap, and a burst ahead of the clock', () => {
    let now = 0;
    const meter = createUplinkMeter(32_000, () => now);
    meter.frame(640, FRAME);
    now = 500;
    // The clock is half a second ahead, so this much can arrive at once, and a little more.
    for (let frame = 0; frame < 50; frame += 1) meter.frame(640, sine(440, 320));
    const { largestGapMs, aheadMs, bytesFasterThanRealTime } = meter.measured();
    expect([largestGapMs, aheadMs]).toEqual([500, 500]);
    expect(bytesFasterThanRealTime).toBe(20 * 640);
  });
});

describe('the uplink', () => {
  it('returns frames in order, padded with silence', () => {
    const uplink = createUplink(DEFAULT_FORMAT);
    const bytes = Buffer.alloc(1_000);
    for (let index = 0; index < 500; index += 1) bytes.writeInt16LE(index + 1, index * 2);
    // Split in the middle of a sample.
    uplink.push(bytes.subarray(0, 333));
    uplink.push(bytes.subarray(333));
    const heard = [...uplink.take(), ...uplink.take()];
    expect(heard.slice(0, 500)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    expect(heard.slice(500).every((sample) => sample === 0)).toBe(true);
  });

  it('drops and counts audio that exceeds the buffer', () => {
    const uplink = createUplink(DEFAULT_FORMAT);
    const second = Buffer.alloc(32_000);
    for (let at = 0; at < MAX_BACKLOG_MS / 1000 + 2; at += 1) uplink.push(second);
    expect(uplink.measured().bytesDropped).toBe(64_000);
  });
});

describe('the speech detector', () => {
  const loud = sine(440, 320);

  it('detects the start after three loud frames, and the end after a silence', () => {
    const detector = createSpeechDetector(300, 100);
    const changes = [loud, FRAME, loud, loud, loud, FRAME, FRAME, FRAME, FRAME, loud, FRAME].map((frame) =>
      detector.frame(frame),
    );
    expect(changes.indexOf('started')).toBe(4);
    expect(changes).not.toContain('stopped');
    const rest = Array.from({ length: 4 }, () => detector.frame(FRAME));
    expect(rest).toEqual([undefined, undefined, undefined, 'stopped']);
  });

  it('ignores audio below its threshold', () => {
    const detector = createSpeechDetector(9_000, 100);
    for (let frame = 0; frame < 10; frame += 1) detector.frame(loud);
    expect(detector.speaking).toBe(false);
  });
});
