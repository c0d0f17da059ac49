import { describe, expect, it } from 'vitest';
import { createConversation } from '../../../src/call/conversation.ts';
import { sineTone } from '../../../src/audio/tone.ts';
import { createLine, RECENT_AUDIO_MS, MAX_SOUNDS } from '../../../src/vobiz/line/line.ts';
import type { Line, LineFrame, LineInput } from '../../../src/vobiz/line/line.ts';
import { rms } from '../../support/signal.ts';

const ALONE: LineInput = { played: [], room: undefined, playedOnOutbound: true, muted: false, deaf: false };
const LOUD = new Int16Array(320).fill(1_000);
const tone = sineTone(440, -6, 40);

function next(line: Line, others: Partial<LineInput> = {}): LineFrame['tracks'] {
  return line.next({ ...ALONE, ...others }).tracks;
}

describe('the line of a person', () => {
  it('has sent audio on `inbound` and received audio on `outbound`', () => {
    const line = createLine(createConversation());
    line.play('inbound', tone);
    expect([rms(next(line).inbound) > 1_000, rms(next(line).outbound)]).toEqual([true, 0]);
    line.play('outbound', tone);
    const { inbound, outbound } = next(line);
    expect([rms(inbound), rms(outbound) > 1_000]).toEqual([0, true]);
  });

  it('has stream audio on `outbound` by default; the person always receives it', () => {
    const line = createLine(createConversation());
    expect(next(line, { played: [LOUD] }).outbound).toEqual(LOUD);
    expect(next(line, { played: [LOUD], playedOnOutbound: false }).outbound).toEqual(new Int16Array(320));
    for (let frame = 0; frame < 5; frame += 1) next(line, { played: [LOUD], playedOnOutbound: false });
    expect(line.heard().readInt16LE(line.heard().length - 2)).toBeCloseTo(1_000, -2);
  });

  it('sends silence while muted, and receives streams but not the room while deaf', () => {
    const line = createLine(createConversation());
    line.play('inbound', tone);
    expect(next(line, { muted: true }).inbound).toEqual(new Int16Array(320));
    expect(next(line, { room: LOUD }).outbound).toEqual(LOUD);
    expect(next(line, { room: LOUD, deaf: true }).outbound).toEqual(new Int16Array(320));
    expect(next(line, { played: [LOUD], deaf: true }).outbound).toEqual(LOUD);
  });

  it('measures the silence of the person', () => {
    const line = createLine(createConversation());
    next(line);
    next(line);
    expect(line.silenceMs).toBe(40);
    line.play('inbound', tone);
    next(line);
    expect(line.silenceMs).toBe(0);
  });

  it('keeps the last ten seconds of received audio at 8 kHz', () => {
    const line = createLine(createConversation());
    for (let frame = 0; frame < RECENT_AUDIO_MS / 20 + 10; frame += 1) next(line);
    expect(line.heard()).toHaveLength(RECENT_AUDIO_MS * 16);
  });

  it('limits the number of sounds; a further one ends immediately', () => {
    const line = createLine(createConversation());
    const sounds = Array.from({ length: MAX_SOUNDS + 1 }, () => line.play('outbound', tone));
    expect(sounds.map(({ over }) => over).indexOf(true)).toBe(MAX_SOUNDS);
    sounds[0]?.stop();
    expect(sounds[0]?.over).toBe(true);
    next(line);
    next(line);
    expect([sounds.every(({ over }) => over), line.idle]).toEqual([true, true]);
  });
});
