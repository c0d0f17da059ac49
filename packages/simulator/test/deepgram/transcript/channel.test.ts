import { describe, expect, it } from 'vitest';
import { sineTone } from '../../../src/audio/tone.ts';
import { DEEPGRAM_BEHAVIOUR } from '../../../src/deepgram/behaviour.ts';
import { createChannel } from '../../../src/deepgram/transcript/channel.ts';
import type { ChannelEvent, WindowResults } from '../../../src/deepgram/transcript/channel.ts';
import { PHRASES, halved, joined, silence, spoken, steps } from '../../support/spoken.ts';

const HELLO = 'Hello, how can I help?';
const NOVA = 'Hello, this is Nova from Oak Insurance. Your car policy ends next Friday, so I wanted to ask.';

type Options = Partial<Parameters<typeof createChannel>[1]>;
type Behaviour = Partial<typeof DEEPGRAM_BEHAVIOUR>;

interface Results {
  readonly events: ChannelEvent[];
  readonly finals: WindowResults[];
  readonly interims: WindowResults[];
  readonly gaps: number[];
  readonly starts: number[];
}

function listenTo(
  samples: Int16Array,
  options: Options = {},
  behaviour: Behaviour = {},
  finalize?: boolean,
): Results {
  const query = {
    interimResults: true,
    endpointingMs: 300,
    utteranceEndMs: 1_000,
    vadEvents: true,
    ...options,
  };
  const channel = createChannel(PHRASES, query, () => ({ ...DEEPGRAM_BEHAVIOUR, ...behaviour }));
  const events = steps(samples).flatMap((step) => channel.push(step));
  if (finalize !== undefined) events.push(...channel.flush(finalize));
  const results = events.filter((event) => event.kind === 'results');
  return {
    events,
    finals: results.filter(({ isFinal }) => isFinal),
    interims: results.filter(({ isFinal }) => !isFinal),
    gaps: events.flatMap((event) => (event.kind === 'utterance-end' ? [event.lastWordEnd] : [])),
    starts: events.flatMap((event) => (event.kind === 'speech-started' ? [event.at] : [])),
  };
}

const textOf = ({ words }: WindowResults): string => words.map(({ punctuated }) => punctuated).join(' ');

describe('interim results', () => {
  it('are sent once a second of audio, even in silence, and cover everything since the last final', () => {
    const { interims } = listenTo(silence(3_500));
    expect(interims.map(({ start, end }) => [start, end])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
    ]);
    expect(interims.map(textOf)).toEqual(['', '', '']);
  });

  it('grow word by word', () => {
    const texts = listenTo(spoken(NOVA), {}, { segmentMs: 60_000 }).interims.map(textOf);
    expect(texts).toHaveLength(5);
    for (const [index, text] of texts.entries()) {
      expect(NOVA.startsWith(text)).toBe(true);
      expect(text.length).toBeGreaterThan(texts[index - 1]?.length ?? 0);
    }
  });

  it('are sent as often as interimEveryMs says, and not without interim_results', () => {
    expect(listenTo(silence(3_000), {}, { interimEveryMs: 200 }).interims).toHaveLength(15);
    expect(listenTo(silence(3_000), { interimResults: false }).interims).toHaveLength(0);
  });
});

describe('finals', () => {
  const conversation = joined(
    spoken(NOVA),
    silence(1_500),
    spoken(HELLO),
    silence(9_000),
    spoken(HELLO),
    silence(500),
  );

  it('are contiguous and contain every word once', () => {
    const { finals } = listenTo(conversation);
    for (const [index, { start, end }] of finals.entries()) {
      expect(start).toBe(finals[index - 1]?.end ?? 0);
      expect(end).toBeGreaterThan(start);
    }
    expect(finals.map(textOf).filter(Boolean).join(' ')).toBe(`${NOVA} ${HELLO} ${HELLO}`);
  });

  it('end a turn after the endpointing silence', () => {
    for (const endpointingMs of [300, 500]) {
      const [final] = listenTo(joined(spoken(HELLO), silence(1_000)), { endpointingMs }).finals;
      expect(final).toMatchObject({ isFinal: true, speechFinal: true, fromFinalize: false });
      const end = spoken(HELLO).length / 8_000 + endpointingMs / 1_000;
      expect(Math.abs((final?.end ?? 0) - end)).toBeLessThan(0.05);
    }
  });

  it('end no turn without endpointing', () => {
    expect(listenTo(joined(spoken(HELLO), silence(2_000)), { endpointingMs: undefined }).finals).toEqual([]);
  });

  it('have no speech_final with speechFinals false', () => {
    const [final] = listenTo(joined(spoken(HELLO), silence(1_000)), {}, { speechFinals: false }).finals;
    expect(final && [textOf(final), final.isFinal, final.speechFinal]).toEqual([HELLO, true, false]);
  });

  it('are sent within long speech, and leave the current word to the next one', () => {
    const { finals, interims } = listenTo(joined(spoken(NOVA), silence(500)), {}, { segmentMs: 2_000 });
    const [first] = finals;
    expect(finals.length).toBeGreaterThan(1);
    expect(first).toMatchObject({ speechFinal: false, end: first?.words.at(-1)?.end });
    const before = interims.findLast(({ start }) => start === 0);
    expect(before?.end).toBeLessThan((first?.end ?? 0) + 1);
    expect(finals.at(-1)?.speechFinal).toBe(true);
    expect(finals.map(textOf).join(' ')).toBe(NOVA);
  });

  it('are empty after a long silence, and after sound without words', () => {
    const long = listenTo(silence(11_000)).finals;
    expect(long.map((final) => [final.start, final.end, textOf(final), final.speechFinal])).toEqual([
      [0, 5, '', true],
      [5, 10, '', true],
    ]);
    const beep = listenTo(joined(halved(sineTone(440, -10, 500)), silence(400))).finals;
    expect(beep.map((final) => [textOf(final), final.speechFinal])).toEqual([['', true]]);
  });

  it('of a silence end before the following speech', () => {
    const { finals } = listenTo(joined(silence(4_900), spoken(HELLO), silence(500)));
    expect(finals.map(({ start }) => start)).toEqual([0]);
    expect(finals.map(textOf)).toEqual([HELLO]);
  });

  it('of a flush cover pending audio, and are omitted if there is none', () => {
    const half = spoken(NOVA).slice(0, 16_000);
    expect(listenTo(half, {}, {}, true).finals).toMatchObject([
      { start: 0, end: 2, speechFinal: false, fromFinalize: true },
    ]);
    expect(listenTo(silence(5_000), {}, {}, true).finals).toHaveLength(1);
  });

  it('of the last flush contain the last word without a following silence', () => {
    expect(listenTo(spoken(HELLO), {}, {}, false).finals.map(textOf)).toEqual([HELLO]);
  });
});

describe('UtteranceEnd', () => {
  it('contains the end of the last final word, once, after a long enough gap', () => {
    const { events, finals, gaps } = listenTo(joined(spoken(HELLO), silence(4_000)));
    expect(gaps).toEqual([finals[0]?.words.at(-1)?.end]);
    const kinds = events.map((event) => event.kind);
    expect(kinds.indexOf('utterance-end')).toBeGreaterThan(kinds.indexOf('results'));
  });

  it('is not sent during a shorter gap, or without utterance_end_ms', () => {
    const sound = joined(spoken(HELLO), silence(900), spoken(HELLO), silence(500));
    expect(listenTo(sound).gaps).toEqual([]);
    expect(listenTo(joined(sound, silence(4_000)), { utteranceEndMs: undefined }).gaps).toEqual([]);
    expect(listenTo(joined(sound, silence(1_400)), { utteranceEndMs: 2_000 }).gaps).toEqual([]);
  });

  it('is not sent for sound without words', () => {
    expect(listenTo(joined(halved(sineTone(440, -10, 500)), silence(4_000))).gaps).toEqual([]);
  });
});

describe('SpeechStarted', () => {
  it('is sent for every onset of sound, with its time', () => {
    const { starts } = listenTo(joined(silence(1_000), spoken(HELLO), silence(1_000), spoken(HELLO)));
    expect(starts).toHaveLength(2);
    expect(starts[0]).toBeCloseTo(1, 1);
    expect(starts[1]).toBeCloseTo(2 + spoken(HELLO).length / 8_000, 1);
  });

  it('is not sent without vad_events', () => {
    expect(listenTo(spoken(HELLO), { vadEvents: false }).starts).toEqual([]);
  });
});
