/** Transcribing by request: on, off, in another language, by another transcriber. */
import type { CallId } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { fails, final, TranscriptionHarness, transcribes } from '../support/transcription-harness.ts';

const root = tempDir();
let it: TranscriptionHarness;
beforeEach(() => void (it = new TranscriptionHarness(root)));

describe('by request a call', () => {
  test('is transcribed from now on, at once as far as the call says, and by whose token', async () => {
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

  test('is transcribed no longer: what is on its way is kept, and how it went no longer matters', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    const call = await it.off(callId);
    expect(call.transcription).toMatchObject({ transcriber: 'ear', state: 'STOPPED' });
    expect([it.newest().isEnded, it.harness.audio.size]).toEqual([true, 0]);
    it.newest().emit(final('last words'));
    it.newest().emit(fails());
    expect(await it.textsOf(callId)).toEqual(['last words']);
    expect(await it.changes()).toEqual(['ear CONNECTING automatic', 'ear STOPPED bob']);
  });

  test('that was not heard yet is no longer waited for', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.off(callId);
    await it.talk(callId);
    expect([it.transcribers.opened, await it.changes()]).toEqual([[], ['ear STOPPED bob']]);
  });

  test('that is not transcribed, or was switched off, is not switched off once more', async () => {
    it.begin('off', 'ear');
    const callId = await it.aCall();
    expect((await it.off(callId)).transcription).toBeUndefined();
    await it.on(callId);
    await it.off(callId);
    await it.off(callId);
    expect(await it.changes()).toEqual(['ear CONNECTING ada', 'ear STOPPED bob']);
  });

  test('that is transcribed as is asked for goes on undisturbed', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    await it.on(callId);
    await it.on(callId, { transcriber: 'ear' });
    expect([it.transcribers.opened.length, it.newest().isEnded]).toEqual([1, false]);
    expect(await it.changes()).toEqual(['ear CONNECTING automatic']);
  });

  test('that was to be transcribed with its first audio says so at once', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    expect((await it.on(callId)).transcription?.state).toBe('CONNECTING');
    await it.talk(callId);
    expect(it.transcribers.opened).toHaveLength(1);
    expect(await it.changes()).toEqual(['ear CONNECTING ada']);
  });

  test('gets another language, or another transcriber, in place of what it had', async () => {
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

  test('is not said to have failed by the transcriber that it had before, whose last words are kept', async () => {
    it.begin('ear', 'ear', 'other');
    const callId = await it.aCall();
    await it.talk(callId);
    const before = it.newest();
    await it.on(callId, { transcriber: 'other' });
    await it.talk(callId);
    it.newest().emit(transcribes);
    before.emit(final('last words'));
    before.emit(fails());
    await it.harness.clock.settle();
    expect(await it.textsOf(callId)).toEqual(['last words']);
    expect(it.stateOf(callId)).toMatchObject({ transcriber: 'other', state: 'TRANSCRIBING' });
    expect(it.transcribing.size).toBe(1);
  });

  test('whose transcription has failed is tried again', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    it.newest().emit(fails());
    await it.harness.clock.settle();
    await it.on(callId);
    await it.talk(callId);
    expect(it.transcribers.opened).toHaveLength(2);
  });

  test('has the transcriber that it had, or that is set, or the only one there is', async () => {
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

  describe('is refused', () => {
    const fault = (code: string, details = {}) => expect.objectContaining({ code, details }) as unknown;

    test('when there is no such call, or it is over', async () => {
      it.begin('auto', 'ear');
      await expect(it.on('call_nowhere' as CallId)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' });
      const callId = await it.aCall();
      await it.hangUp();
      await expect(it.on(callId)).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
      await expect(it.off(callId)).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
    });

    test('when there is nothing to hear of it, and nothing is told', async () => {
      it.provider.capabilities = ['SAY'];
      it.begin('off', 'ear');
      const callId = await it.aCall();
      await expect(it.on(callId)).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
      expect([await it.changes(), it.transcribing.size]).toEqual([[], 0]);
    });

    test.each<[ids: string[], transcriber: string | undefined, expected: RegExp]>([
      [['ear', 'other'], 'nobody', /one of ear, other$/],
      [['ear', 'other'], undefined, /one of ear, other$/],
      [[], undefined, /a transcriber, and none is configured$/],
    ])('of %j for %j, saying which there are', async (ids, transcriber, expected) => {
      it.begin('off', ...ids);
      const callId = await it.aCall();
      const refused = it.on(callId, transcriber === undefined ? {} : { transcriber });
      await expect(refused).rejects.toEqual(fault('INPUT_INVALID', { argument: 'transcriber' }));
      await expect(it.on(callId, transcriber === undefined ? {} : { transcriber })).rejects.toThrow(expected);
      expect([await it.changes(), it.transcribing.size]).toEqual([[], 0]);
    });
  });
});

describe('what was switched off stays off', () => {
  test('when a transcriber runs again', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.off(callId);
    it.transcribers.run('ear');
    await it.talk(callId);
    expect(it.transcribers.opened).toEqual([]);
  });

  test('also in the next daemon', async () => {
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
