/** Transcription by request: on, off, in another language, by another transcriber. */
import type { CallId } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { fails, final, TranscriptionHarness, transcribes } from '../support/transcription-harness.ts';

const root = tempDir();
let it: TranscriptionHarness;
beforeEach(() => void (it = new TranscriptionHarness(root)));

describe('set', () => {
  test('starts the transcription, and records the state and the requester at once', async () => {
    it.begin('off', 'ear');
    const callId = await it.aCall();
    const call = await it.on(callId);
    expect(call.transcription).toEqual({
      transcriber: 'ear',
      state: 'CONNECTING',
      since: it.harness.clock.now(),
    });
    expect(it.harness.ledger.get(callId)?.transcription).toEqual(call.transcription);
    await it.talk(callId);
    expect(it.transcribers.opened.map(({ by }) => by)).toEqual(['ear']);
    expect(await it.changes()).toEqual(['ear CONNECTING ada']);
  });

  test('stops the transcription: late transcripts are stored, late states are ignored', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    const call = await it.off(callId);
    expect(call.transcription).toMatchObject({ transcriber: 'ear', state: 'STOPPED' });
    expect([it.newest().isEnded, it.harness.audio.size]).toEqual([true, 0]);
    it.newest().emit(final('last transcript'));
    it.newest().emit(fails());
    expect(await it.textsOf(callId)).toEqual(['last transcript']);
    expect(await it.changes()).toEqual(['ear CONNECTING automatic', 'ear STOPPED bob']);
  });

  test('stops a transcription that waits for its first audio', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.off(callId);
    await it.talk(callId);
    expect([it.transcribers.opened, await it.changes()]).toEqual([[], ['ear STOPPED bob']]);
  });

  test('records no second stop, and no stop of a call that is not transcribed', async () => {
    it.begin('off', 'ear');
    const callId = await it.aCall();
    expect((await it.off(callId)).transcription).toBeUndefined();
    await it.on(callId);
    await it.off(callId);
    await it.off(callId);
    expect(await it.changes()).toEqual(['ear CONNECTING ada', 'ear STOPPED bob']);
  });

  test('does not interrupt a transcription with the requested settings', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    await it.on(callId);
    await it.on(callId, { transcriber: 'ear' });
    expect([it.transcribers.opened.length, it.newest().isEnded]).toEqual([1, false]);
    expect(await it.changes()).toEqual(['ear CONNECTING automatic']);
  });

  test('records CONNECTING at once for a transcription that waits for its first audio', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    expect((await it.on(callId)).transcription?.state).toBe('CONNECTING');
    await it.talk(callId);
    expect(it.transcribers.opened).toHaveLength(1);
    expect(await it.changes()).toEqual(['ear CONNECTING ada']);
  });

  test('replaces the transcription for another language or transcriber', async () => {
    it.begin('ear', 'ear', 'other');
    const callId = await it.aCall();
    await it.talk(callId);
    await it.on(callId, { language: 'en-IN' });
    await it.talk(callId);
    await it.on(callId, { transcriber: 'other', language: 'en-IN' });
    await it.talk(callId);
    await it.on(callId, { language: 'en-IN' });
    expect(it.transcribers.opened.map(({ by, request, isEnded }) => [by, request.language, isEnded])).toEqual(
      [
        ['ear', undefined, true],
        ['ear', 'en-IN', true],
        ['other', 'en-IN', false],
      ],
    );
    expect(await it.changes()).toEqual([
      'ear CONNECTING automatic',
      'ear CONNECTING ada',
      'other CONNECTING ada',
    ]);
    expect([it.transcribing.size, it.harness.audio.size]).toEqual([1, 1]);
  });

  test('ignores a failure of the previous transcriber, whose last transcript is stored', async () => {
    it.begin('ear', 'ear', 'other');
    const callId = await it.aCall();
    await it.talk(callId);
    const before = it.newest();
    await it.on(callId, { transcriber: 'other' });
    await it.talk(callId);
    it.newest().emit(transcribes);
    before.emit(final('last transcript'));
    before.emit(fails());
    await it.harness.clock.settle();
    expect(await it.textsOf(callId)).toEqual(['last transcript']);
    expect(it.stateOf(callId)).toMatchObject({ transcriber: 'other', state: 'TRANSCRIBING' });
    expect(it.transcribing.size).toBe(1);
  });

  test('restarts a failed transcription', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    it.newest().emit(fails());
    await it.harness.clock.settle();
    await it.on(callId);
    await it.talk(callId);
    expect(it.transcribers.opened).toHaveLength(2);
  });

  test('defaults to the last transcriber, the configured one, or the only one', async () => {
    it.begin('other', 'ear', 'other');
    const callId = await it.aCall();
    await it.off(callId);
    expect((await it.on(callId)).transcription?.transcriber).toBe('other');
    await it.on(callId, { transcriber: 'ear' });
    await it.off(callId);
    expect((await it.on(callId)).transcription?.transcriber).toBe('ear');
    it.provider.providesTranscript = true;
    await it.restart('auto', 'only');
    const next = await it.aCall('next');
    expect((await it.on(next)).transcription?.transcriber).toBe('only');
  });

  describe('is rejected', () => {
    const fault = (code: string, details = {}) => expect.objectContaining({ code, details }) as unknown;

    test('for an unknown or ended call', async () => {
      it.begin('auto', 'ear');
      await expect(it.on('call_nowhere' as CallId)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' });
      const callId = await it.aCall();
      await it.hangUp();
      await expect(it.on(callId)).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
      await expect(it.off(callId)).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
    });

    test('without the capability LISTEN, and records nothing', async () => {
      it.provider.capabilities = ['SAY'];
      it.begin('off', 'ear');
      const callId = await it.aCall();
      await expect(it.on(callId)).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
      expect([await it.changes(), it.transcribing.size]).toEqual([[], 0]);
    });

    test.each<[ids: string[], transcriber: string | undefined, expected: RegExp]>([
      [['ear', 'other'], 'unknown', /one of ear, other$/],
      [['ear', 'other'], undefined, /one of ear, other$/],
      [[], undefined, /a transcriber, but none is configured$/],
    ])('with the configured transcribers %j if %j is requested', async (ids, transcriber, expected) => {
      it.begin('off', ...ids);
      const callId = await it.aCall();
      const rejected = it.on(callId, transcriber === undefined ? {} : { transcriber });
      await expect(rejected).rejects.toEqual(fault('INPUT_INVALID', { argument: 'transcriber' }));
      await expect(it.on(callId, transcriber === undefined ? {} : { transcriber })).rejects.toThrow(expected);
      expect([await it.changes(), it.transcribing.size]).toEqual([[], 0]);
    });
  });
});

describe('a stopped transcription stays stopped', () => {
  test('when a transcriber restarts', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.off(callId);
    it.transcribers.run('ear');
    await it.talk(callId);
    expect(it.transcribers.opened).toEqual([]);
  });

  test('after a restart of the daemon', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    await it.off(callId);
    await it.restart('auto', 'ear');
    await it.talk(callId);
    expect(it.transcribers.opened).toEqual([]);
    expect(it.stateOf(callId)).toMatchObject({ state: 'STOPPED' });
  });
});
