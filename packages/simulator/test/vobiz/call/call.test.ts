import { describe, expect, it, vi } from 'vitest';
import type { Setup } from '../../support/setup.ts';
import { createSetup } from '../../support/setup.ts';

const dial = '<Dial><Number>+919000000002</Number></Dial>';

/** Runs a call to its end and returns the form of its hangup webhook. */
async function hangupOf(
  { simulator, application }: Setup,
  answer: string | number,
): Promise<Record<string, string>> {
  application.answer = () => answer;
  await simulator.startCall({ provider: 'vobiz', script: 'hello' }).over;
  expect(application.forms('Hangup')).toHaveLength(1);
  return application.forms('Hangup')[0] ?? {};
}

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('a Vobiz call', () => {
  it('requests its XML with a form while it rings', async (context) => {
    const { simulator, application } = await createSetup(context);
    const { id } = simulator.startCall({ provider: 'vobiz' });
    const [request] = await application.until(
      'the question',
      () => application.requests.length > 0 && application.requests,
    );
    expect(request).toMatchObject({
      path: '/answer',
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Vobiz' },
    });
    expect(application.forms('StartApp')).toMatchObject([
      { CallUUID: id, CallStatus: 'ringing', Direction: 'inbound' },
    ]);
  });

  it('is bridged by <Dial>, speaks, and ends when the caller hangs up', async (context) => {
    const setup = await createSetup(context);
    const hangup = await hangupOf(setup, `<Response>${dial}</Response>`);
    expect(hangup).toMatchObject({
      CallStatus: 'completed',
      HangupCause: 'NORMAL_CLEARING',
      HangupCauseCode: '4000',
      HangupSource: 'Caller',
      BillDuration: '60',
    });
    expect(Number(hangup['Duration'])).toBeGreaterThanOrEqual(5);
    const [call] = setup.simulator.calls();
    expect(call?.transcript.map(({ speaker, text }) => `${speaker}: ${text}`)).toEqual([
      'assistant: Hello, how can I help?',
      'customer: When do you close?',
      'assistant: At six. Goodbye!',
    ]);
  });

  it('is answered and ends soon after with 8011 for malformed XML', async (context) => {
    const setup = await createSetup(context);
    const form = await hangupOf(setup, '<Response><Stream>ws://x/?a=1&b=2</Stream></Response>');
    expect(form).toMatchObject({ HangupCauseCode: '8011', HangupCauseName: 'Invalid Answer XML' });
    const [call] = setup.simulator.calls();
    // One millisecond less, because instants are rounded down.
    expect((call?.endedAt ?? 0) - (call?.startedAt ?? 0)).toBeGreaterThanOrEqual(39);
  });

  it('ends with 8011 for an unknown verb', async (context) => {
    const setup = await createSetup(context);
    expect(await hangupOf(setup, '<Response><Pause/></Response>')).toMatchObject({ HangupCauseCode: '8011' });
  });

  it('ends with 4010 at the end of the XML', async (context) => {
    const setup = await createSetup(context);
    expect(await hangupOf(setup, '<Response/>')).toMatchObject({
      HangupCauseCode: '4010',
      HangupSource: 'Vobiz',
      Duration: '0',
      AnswerTime: '',
    });
  });

  it('ends with 4010 for a two-way stream of both tracks', async (context) => {
    const setup = await createSetup(context);
    const stream = `<Stream bidirectional="true" audioTrack="both">${setup.application.wsUrl}/s</Stream>`;
    expect(await hangupOf(setup, `<Response>${stream}${dial}</Response>`)).toMatchObject({
      HangupCauseCode: '4010',
    });
    expect(setup.application.streams).toEqual([]);
  });

  it('runs its verbs in order: speaks, waits, hangs up', async (context) => {
    const setup = await createSetup(context);
    const form = await hangupOf(
      setup,
      '<Response><Speak>Hello.</Speak><Wait length="1"/><Hangup/></Response>',
    );
    expect(form).toMatchObject({ HangupCauseCode: '4000', HangupSource: 'Answer XML' });
    const [call] = setup.simulator.calls();
    expect(call?.transcript).toMatchObject([{ speaker: 'assistant', text: 'Hello.' }]);
    expect((call?.endedAt ?? 0) - (call?.startedAt ?? 0)).toBeGreaterThanOrEqual(1_300);
  });

  it('is rejected with <Hangup reason="rejected">', async (context) => {
    const setup = await createSetup(context);
    expect(await hangupOf(setup, '<Response><Hangup reason="rejected"/></Response>')).toMatchObject({
      HangupCause: 'CALL_REJECTED',
      HangupCauseCode: '3020',
    });
  });

  it('continues with the XML of a <Redirect>', async (context) => {
    const setup = await createSetup(context);
    const { application, simulator } = setup;
    application.answer = (attempt) =>
      attempt === 1
        ? `<Response><Redirect>${application.url}/after</Redirect></Response>`
        : '<Response><Hangup/></Response>';
    const { endedReason } = await simulator.startCall({ provider: 'vobiz' }).over;
    expect(endedReason).toBe('4000');
    expect(application.forms('Redirect')).toHaveLength(1);
  });

  it('requests the answer URL three times, then ends with 7011', async (context) => {
    const setup = await createSetup(context);
    expect(await hangupOf(setup, 503)).toMatchObject({ HangupCauseCode: '7011', Duration: '0' });
    expect(setup.application.forms('StartApp')).toHaveLength(3);
  });

  it('continues when the second attempt succeeds', async (context) => {
    const { simulator, application } = await createSetup(context);
    application.answer = (attempt) => (attempt === 1 ? 503 : '<Response/>');
    expect((await simulator.startCall({ provider: 'vobiz' }).over).endedReason).toBe('4010');
  });

  it('sends the hangup webhook to the answer URL without a hangup URL', async (context) => {
    const { simulator, application } = await createSetup(context);
    simulator.pointAt({ vobizHangup: undefined });
    application.answer = () => '<Response/>';
    await simulator.startCall({ provider: 'vobiz' }).over;
    expect(application.requests.map(({ path }) => path)).toEqual(['/answer', '/answer']);
  });

  it('survives an unreachable application', async (context) => {
    const { simulator } = await createSetup(context);
    simulator.pointAt({ vobizAnswer: 'http://127.0.0.1:1/', vobizHangup: 'http://127.0.0.1:1/' });
    const { endedReason, deliveries } = await simulator.startCall({ provider: 'vobiz' }).over;
    expect([endedReason, deliveries.failed]).toEqual(['7011', 2]);
  });

  it('is cancelled when the caller hangs up before it is answered', async (context) => {
    const { simulator, application } = await createSetup(context);
    const call = simulator.startCall({ provider: 'vobiz', behaviour: { ringMs: 60_000 } });
    await application.until('the question', () => application.forms('StartApp').length > 0);
    call.hangUp();
    await call.over;
    expect(application.forms('Hangup')[0]).toMatchObject({ HangupCause: 'ORIGINATOR_CANCEL', Duration: '0' });
  });
});
