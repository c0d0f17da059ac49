// The verbs of answer XML.

import { describe, expect, it, vi } from 'vitest';
import type { SimulatedCall, VobizBehaviour } from '../../../src/index.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';
import { containsTone, NO_HANGUP, control, wavFile } from '../../support/vobiz.ts';

/** Starts a call with XML; later requests for XML are answered with a busy hangup. */
function begin(setup: Setup, xml: string, behaviour: Partial<VobizBehaviour> = {}): SimulatedCall {
  setup.application.answer = (_, path) =>
    path.startsWith('/answer')
      ? `<Response>${xml}</Response>`
      : '<Response><Hangup reason="busy"/></Response>';
  return setup.simulator.startCall({
    provider: 'vobiz',
    script: 'brief',
    behaviour: { ...NO_HANGUP, ...behaviour },
  });
}

const press = (setup: Setup, { id }: SimulatedCall, digits: string): Promise<{ status: number }> =>
  control(setup, 'POST', `/calls/${id}/dtmf`, { digits });

const answered = (setup: Setup, call: SimulatedCall): Promise<unknown> =>
  setup.application.until('it is answered', () => call.state().startedAt !== null);

const forms = ({ application }: Setup, path: string): Record<string, string>[] =>
  application.requests.flatMap((request) =>
    request.path === path ? [Object.fromEntries(new URLSearchParams(request.body))] : [],
  );

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('<Dial>', () => {
  const dial = ({ application: { url } }: Setup, attributes = '', targets = '+919000000003'): string =>
    `<Dial callerId="918000000001" callbackUrl="${url}/legs" ${attributes}>${targets}</Dial>`;

  it('reports the callee and the outcome when the caller hangs up', async (context) => {
    const setup = await createSetup(context);
    const action = `action="${setup.application.url}/after/dial"`;
    const call = begin(setup, dial(setup, action));
    await answered(setup, call);
    await setup.application.until('the bridge', () => forms(setup, '/legs').length === 2);
    call.hangUp();
    await call.over;
    expect(
      forms(setup, '/legs')
        .map((form) => `${form['Event']} ${form['DialAction']}`)
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['DialAnswer answer', 'DialConnected connected', 'DialHangup hangup']);
    const hungUp = forms(setup, '/legs').find((form) => form['Event'] === 'DialHangup');
    expect(hungUp).toMatchObject({
      DialALegUUID: call.id,
      DialBLegFrom: '918000000001',
      DialBLegTo: '919000000003',
      DialBLegPosition: '1',
      DialBLegHangupCauseCode: '4000',
      DialBLegHangupSource: 'Caller',
    });
    expect(forms(setup, '/after/dial')).toMatchObject([{ DialStatus: 'completed', Event: 'Redirect' }]);
  });

  it.for([
    [{ dialOutcome: 'busy' }, '', 'busy', '3010'],
    [{ dialOutcome: 'no-answer' }, '', 'no-answer', '6010'],
    [{ dialOutcome: 'failed' }, '', 'failed', '3080'],
    [{ ringMs: 60_000 }, 'timeout="0.1"', 'timeout', '6010'],
  ] as const)(
    'with %j continues with the XML of its action',
    async ([behaviour, attributes, status, code], context) => {
      const setup = await createSetup(context);
      const call = begin(
        setup,
        dial(setup, `${attributes} action="${setup.application.url}/after/dial"`),
        behaviour,
      );
      const { endedReason, transcript } = await call.over;
      expect([endedReason, transcript]).toEqual(['3010', []]);
      expect(forms(setup, '/after/dial')).toMatchObject([{ DialStatus: status, DialBLegUUID: '' }]);
      expect(forms(setup, '/legs')).toMatchObject([{ Event: 'DialHangup', DialBLegHangupCauseCode: code }]);
    },
  );

  it('runs the next verb only if there was no bridge', async (context) => {
    const setup = await createSetup(context);
    const xml = `${dial(setup)}<Hangup reason="rejected"/>`;
    expect((await begin(setup, xml, { dialOutcome: 'busy' }).over).endedReason).toBe('3020');
    const { endedReason } = await begin(setup, xml, { calleeHangsUpMs: 100 }).over;
    expect(endedReason).toBe('4000');
    expect(setup.application.forms('Hangup').map((form) => form['HangupSource'])).toEqual([
      'Answer XML',
      'Callee',
    ]);
  });

  it('rings several targets, and the first one to answer wins', async (context) => {
    const setup = await createSetup(context);
    const targets = '<Number>+919000000003</Number><User>sip:asha@example.in</User>';
    const call = begin(setup, dial(setup, '', targets));
    await setup.application.until('the loser', () => forms(setup, '/legs').length === 3);
    call.hangUp();
    await call.over;
    const received = forms(setup, '/legs').map(
      (form) => `${form['DialBLegPosition']} ${form['Event']} ${form['DialBLegHangupCauseCode'] ?? ''}`,
    );
    expect(received.toSorted((one, other) => one.localeCompare(other))).toEqual([
      '1 DialAnswer ',
      '1 DialConnected ',
      '1 DialHangup 4000',
      '2 DialHangup 9000',
    ]);
  });
});

describe.concurrent('<Gather>', () => {
  const gather = ({ application: { url } }: Setup, attributes: string, prompt = ''): string =>
    `<Gather action="${url}/after/gather" ${attributes}>${prompt}</Gather><Hangup/>`;

  it.for([
    ['numDigits="3"', '4711', '471'],
    ['finishOnKey="*"', '47*11', '47'],
    ['digitEndTimeout="0.1"', '47', '47'],
  ])(
    'with %s sends of the digits %s only %s to its action and continues there',
    async ([attributes, keys, digits], context) => {
      const setup = await createSetup(context);
      const call = begin(setup, gather(setup, String(attributes), '<Speak>Hello.</Speak>'));
      await answered(setup, call);
      await press(setup, call, String(keys));
      expect((await call.over).endedReason).toBe('3010');
      expect(forms(setup, '/after/gather')).toMatchObject([
        { Event: 'Gather', InputType: 'dtmf', Digits: digits },
      ]);
    },
  );

  it('runs the next verb without digits', async (context) => {
    const setup = await createSetup(context);
    const { endedReason } = await begin(setup, gather(setup, 'executionTimeout="0.1"')).over;
    expect([endedReason, forms(setup, '/after/gather')]).toEqual(['4000', []]);
  });
});

describe.concurrent('<Record>', () => {
  const record = ({ application: { url } }: Setup, attributes: string): string =>
    `<Record action="${url}/after/record" callbackUrl="${url}/recorded" ${attributes}/>`;

  it.for([
    ['maxLength="0.1"', '', 'maxLength'],
    ['timeout="0.1"', '', 'RecordingTimeout'],
    ['finishOnKey="#"', '#', 'FinishedOnKey'],
  ])('with %s ends for %j with %s', async ([attributes, key, reason], context) => {
    const setup = await createSetup(context);
    const call = begin(setup, `${record(setup, String(attributes))}<Hangup/>`);
    await answered(setup, call);
    if (key !== '') await press(setup, call, String(key));
    expect((await call.over).endedReason).toBe('4000');
    expect(forms(setup, '/after/record')).toMatchObject([{ Event: 'Record', RecordingDuration: '-1' }]);
    expect(forms(setup, '/recorded')).toMatchObject([
      {
        Event: 'RecordStop',
        RecordingEndReason: reason,
        CallUUID: call.id,
        RecordUrl: expect.stringMatching(/mp3$/),
      },
    ]);
  });

  it('of the session continues during other verbs, until the caller hangs up', async (context) => {
    const setup = await createSetup(context);
    const call = begin(
      setup,
      `${record(setup, 'recordSession="true" redirect="false"')}<Speak>Hello.</Speak><Wait length="600"/>`,
    );
    await setup.application.until('what follows', () => call.state().transcript.length > 0);
    expect(forms(setup, '/recorded')).toEqual([]);
    call.hangUp();
    await call.over;
    expect(forms(setup, '/recorded')).toMatchObject([{ RecordingEndReason: 'HungUp' }]);
    expect(forms(setup, '/after/record')).toHaveLength(1);
  });

  it('continues with the XML of its action with redirect', async (context) => {
    const setup = await createSetup(context);
    const { endedReason } = await begin(setup, record(setup, 'maxLength="0.1" redirect="true"')).over;
    expect(endedReason).toBe('3010');
  });
});

describe.concurrent('other verbs', () => {
  it('plays a file as often as <Play> says and skips a missing one', async (context) => {
    const setup = await createSetup(context);
    const { url, files } = setup.application;
    files.set('/a.wav', wavFile(900, 200));
    const call = begin(setup, `<Play>${url}/none.wav</Play><Play loop="2">${url}/a.wav</Play><Hangup/>`);
    await call.over;
    const heard = setup.simulator.vobiz.call(call.id)?.heard() ?? Buffer.alloc(0);
    expect(containsTone(heard, 900)).toBe(true);
    expect(heard.length).toBeGreaterThanOrEqual(2 * 200 * 16);
    expect(call.state().vobiz?.notes).toEqual(['play: not a WAV file']);
  });

  it('plays before answering with <PreAnswer>', async (context) => {
    const setup = await createSetup(context);
    const call = begin(
      setup,
      '<PreAnswer><Speak>Hello.</Speak><Wait length="0.1"/></PreAnswer><Hangup reason="busy"/>',
    );
    const { startedAt, transcript } = await call.over;
    expect([startedAt, transcript.map(({ text }) => text)]).toEqual([null, ['Hello.']]);
  });

  it('sends digits during or before the next verb', async (context) => {
    const setup = await createSetup(context);
    const { vobiz, endedReason } = await begin(
      setup,
      '<DTMF>12w#</DTMF><DTMF async="false">9</DTMF><Hangup/>',
    ).over;
    expect([vobiz?.digitsSent, endedReason]).toEqual(['12w#9', '4000']);
  });

  it('waits until the caller is silent with <Wait silence>', async (context) => {
    const setup = await createSetup(context);
    const { endedReason } = await begin(
      setup,
      '<Wait length="600" silence="true" minSilence="100"/><Hangup/>',
    ).over;
    expect(endedReason).toBe('4000');
  });

  it('continues after a scheduled <Hangup> until its time', async (context) => {
    const setup = await createSetup(context);
    const call = begin(setup, '<Hangup schedule="0.5"/><Speak>Hello.</Speak><Wait length="600"/>');
    const { endedReason, startedAt } = await call.over;
    expect([endedReason, startedAt]).toEqual(['4000', expect.any(Number)]);
    expect(setup.application.forms('Hangup')).toMatchObject([{ HangupSource: 'Answer XML' }]);
  });

  it('continues with the XML of a <Redirect>, by its method', async (context) => {
    const setup = await createSetup(context);
    const call = begin(setup, `<Redirect method="GET">${setup.application.url}/after/x</Redirect>`);
    expect((await call.over).endedReason).toBe('3010');
    expect(setup.application.requests[1]).toMatchObject({ method: 'GET', body: '' });
  });
});
