import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOSE_STREAM,
  decodeServerMessage,
  finalize,
  KEEP_ALIVE,
  type ServerMessageOf,
} from '../src/wire.ts';
import { body, closeOf, frame, samplesOf } from './samples.ts';

const decode = (name: string) => decodeServerMessage(frame(body(name)));
const results = (name: string) => decode(name) as ServerMessageOf<'results'>;

/** Samples that are not decoded to what their type says. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  error_err_code_without_type: 'error',
  bad_no_type: 'malformed',
  bad_type_not_a_string: 'malformed',
  bad_not_json: 'malformed',
  bad_empty_text_frame: 'malformed',
  // Messages of other services are ignored.
  aai_begin: 'unknown',
  aai_turn_end_formatted_same_turn: 'unknown',
  sarvam_final: 'malformed',
  sarvam_final_script_differs_from_partial: 'malformed',
  sarvam_session_end: 'malformed',
};

const BY_TYPE: Readonly<Record<string, string>> = {
  Results: 'results',
  TurnInfo: 'results',
  UtteranceEnd: 'utteranceEnd',
  SpeechStarted: 'speechStarted',
  Metadata: 'metadata',
  Error: 'error',
  Connected: 'notice',
  ConfigureSuccess: 'notice',
  ConfigureFailure: 'notice',
  Warning: 'notice',
};

describe('decodeServerMessage', () => {
  it.each(samplesOf('out').filter((sample) => !closeOf(sample.body)))('decodes $name', (sample) => {
    const { type } = decodeServerMessage(frame(sample.body));
    expect(type).toBe(EXCEPTIONS[sample.name] ?? BY_TYPE[String(sample.body['type'])]);
  });

  it('never throws for any text', () => {
    const junk = fc.anything().map((value) => JSON.stringify(value) ?? '');
    const near = samplesOf('out').map((sample) => sample.body);
    const mutated = fc
      .tuple(
        fc.constantFrom(...near),
        fc.dictionary(
          fc.constantFrom(
            'type',
            'start',
            'duration',
            'channel',
            'channel_index',
            'words',
            'transcript',
            'last_word_end',
            'timestamp',
            'event',
          ),
          fc.anything(),
        ),
      )
      .map(([sample, changes]) => JSON.stringify({ ...sample, ...changes }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), junk, mutated), (text) => {
        const message = decodeServerMessage(text);
        if (message.type !== 'results') return;
        expect(Number.isFinite(message.start) && message.end >= message.start).toBe(true);
        expect(message.words.every((word) => word.text !== '')).toBe(true);
      }),
    );
  });

  it('returns the words of a window with punctuation', () => {
    const result = results('final_and_speech_final');
    expect(result).toMatchObject({
      channel: 0,
      start: 3.42,
      text: 'Can I speak to Mr. Deshmukh?',
      confidence: 0.9873,
      isFinal: true,
      isPause: true,
      fromFinalize: false,
    });
    expect(result.end).toBeCloseTo(5.8);
    expect(result.words[0]).toEqual({ text: 'Can', start: 3.72, end: 3.993 });
    expect(results('multichannel_agent_interim')).toMatchObject({ channel: 1, isFinal: false });
    expect(results('final_from_finalize_and_speech_final').fromFinalize).toBe(true);
  });

  it('treats a result with a pause as final', () => {
    expect(results('speech_final_without_is_final')).toMatchObject({ isFinal: true, isPause: true });
    expect(results('final_missing_flags')).toMatchObject({
      isFinal: false,
      isPause: false,
      fromFinalize: false,
    });
  });

  it('tolerates missing and invalid fields', () => {
    expect(results('bad_no_channel')).toMatchObject({ text: '', words: [] });
    expect(results('bad_words_missing')).toMatchObject({ text: 'no words list here', words: [] });
    expect(results('bad_two_alternatives').text).toBe('two alternatives');
    expect(results('bad_numbers_as_strings')).toMatchObject({ start: 1, end: 2.5 });
    expect(results('bad_channel_out_of_range').channel).toBe(5);
    expect(results('bad_final_window_zero_length')).toMatchObject({ start: 7.5, end: 7.5 });
    expect(decodeServerMessage('{"type":"Results","start":1}').type).toBe('malformed');
    expect(decodeServerMessage('{"type":"UtteranceEnd","channel":[0,1]}').type).toBe('malformed');
    expect(decodeServerMessage('{"type":"SpeechStarted"}').type).toBe('malformed');
    expect(decodeServerMessage('{"type":"TurnInfo","event":"Update"}').type).toBe('malformed');
  });

  it('normalises text to one line and NFC', () => {
    expect(results('bad_newline_and_control_characters').text).toBe('first line second line');
    const { text } = results('unicode_emoji_and_combining');
    expect(text).toBe(text.normalize('NFC'));
    expect(results('hindi_english_mixed_script').text).toContain('claim number');
  });

  it('ignores a confidence outside 0 to 1', () => {
    const decoded = (confidence: unknown) =>
      decodeServerMessage(
        JSON.stringify({
          type: 'Results',
          start: 0,
          duration: 1,
          channel: { alternatives: [{ confidence }] },
        }),
      );
    expect(decoded(0.5)).toHaveProperty('confidence', 0.5);
    for (const invalid of [-0.1, 1.1, null, 'high'])
      expect(decoded(invalid)).not.toHaveProperty('confidence');
  });

  it('treats only the end of a turn as final', () => {
    const end = results('flux_end_of_turn_timeout_trigger');
    expect(end).toMatchObject({ start: 40, end: 47.2, isFinal: true, isPause: true });
    expect(end.confidence).toBeGreaterThan(0.9);
    const [first] = results('flux_end_of_turn_manual_words_without_times').words;
    expect(first).toEqual({ text: 'Send' });
    for (const name of ['flux_unknown_event', 'flux_sequence_hole_after_81']) {
      expect(results(name), name).toMatchObject({ isFinal: false, isPause: false });
    }
  });

  it('returns the channel of an utterance end and of a speech start', () => {
    expect(decode('utterance_end_channel_1_of_2')).toEqual({
      type: 'utteranceEnd',
      channel: 1,
      lastWordEnd: 43.92,
    });
    expect(decodeServerMessage('{"type":"SpeechStarted","channel":[1,2],"timestamp":39.88}')).toEqual({
      type: 'speechStarted',
      channel: 1,
      at: 39.88,
    });
  });
});

describe('sent messages', () => {
  it.each([
    ['keepalive', KEEP_ALIVE],
    ['finalize_channel_1', finalize(1)],
    ['seq10_clean_shutdown_1', CLOSE_STREAM],
  ])('encodes %s as documented', (name, text) => {
    expect(JSON.parse(text)).toEqual(body(name));
  });
});
