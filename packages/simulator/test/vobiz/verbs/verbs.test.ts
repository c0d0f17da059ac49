// What the verbs of answer XML do to a call.

import { describe, expect, it, vi } from 'vitest';
import type { SimulatedCall, VobizBehaviour } from '../../../src/index.ts';
import { createWorld } from '../../support/setup.ts';
import type { World } from '../../support/setup.ts';
import { hears, PATIENT, surface, wavFile } from '../../support/vobiz.ts';

/** Begins a call with some XML; what is asked for after that hangs up as busy. */
function begin(world: World, xml: string, behaviour: Partial<VobizBehaviour> = {}): SimulatedCall {
  world.application.answer = (_, path) =>
    path.startsWith('/answer')
      ? `<Response>${xml}</Response>`
      : '<Response><Hangup reason="busy"/></Response>';
  return world.simulator.startCall({
    provider: 'vobiz',
    script: 'brief',
    behaviour: { ...PATIENT, ...behaviour },
  });
}

const press = (world: World, { id }: SimulatedCall, digits: string): Promise<{ status: number }> =>
  surface(world, 'POST', `/calls/${id}/dtmf`, { digits });

const answered = (world: World, call: SimulatedCall): Promise<unknown> =>
  world.application.until('it is answered', () => call.state().startedAt !== null);

const forms = ({ application }: World, path: string): Record<string, string>[] =>
  application.requests.flatMap((request) =>
    request.path === path ? [Object.fromEntries(new URLSearchParams(request.body))] : [],
  );

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('<Dial>', () => {
  const dial = ({ application: { url } }: World, attributes = '', targets = '+919000000003'): string =>
    `<Dial callerId="918000000001" callbackUrl="${url}/legs" ${attributes}>${targets}</Dial>`;

  it('tells what becomes of the callee, and its outcome, when the caller hangs up', async (context) => {
    const world = await createWorld(context);
    const action = `action="${world.application.url}/after/dial"`;
    const call = begin(world, dial(world, action));
    await answered(world, call);
    await world.application.until('the bridge', () => forms(world, '/legs').length === 2);
    call.hangUp();
    await call.over;
    expect(
      forms(world, '/legs')
        .map((form) => `${form['Event']} ${form['DialAction']}`)
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['DialAnswer answer', 'DialConnected connected', 'DialHangup hangup']);
    const hungUp = forms(world, '/legs').find((form) => form['Event'] === 'DialHangup');
    expect(hungUp).toMatchObject({
      DialALegUUID: call.id,
      DialBLegFrom: '918000000001',
      DialBLegTo: '919000000003',
      DialBLegPosition: '1',
      DialBLegHangupCauseCode: '4000',
      DialBLegHangupSource: 'Caller',
    });
    expect(forms(world, '/after/dial')).toMatchObject([{ DialStatus: 'completed', Event: 'Redirect' }]);
  });

  it.for([
    [{ dialOutcome: 'busy' }, '', 'busy', '3010'],
    [{ dialOutcome: 'no-answer' }, '', 'no-answer', '6010'],
    [{ dialOutcome: 'failed' }, '', 'failed', '3080'],
    [{ ringMs: 60_000 }, 'timeout="0.1"', 'timeout', '6010'],
  ] as const)(
    'with %j goes on where its action says',
    async ([behaviour, attributes, status, code], context) => {
      const world = await createWorld(context);
      const call = begin(
        world,
        dial(world, `${attributes} action="${world.application.url}/after/dial"`),
        behaviour,
      );
      const { endedReason, transcript } = await call.over;
      expect([endedReason, transcript]).toEqual(['3010', []]);
      expect(forms(world, '/after/dial')).toMatchObject([{ DialStatus: status, DialBLegUUID: '' }]);
      expect(forms(world, '/legs')).toMatchObject([{ Event: 'DialHangup', DialBLegHangupCauseCode: code }]);
    },
  );

  it('is followed by what comes after it when no bridge happened, and only then', async (context) => {
    const world = await createWorld(context);
    const xml = `${dial(world)}<Hangup reason="rejected"/>`;
    expect((await begin(world, xml, { dialOutcome: 'busy' }).over).endedReason).toBe('3020');
    const { endedReason } = await begin(world, xml, { calleeHangsUpMs: 100 }).over;
    expect(endedReason).toBe('4000');
    expect(world.application.forms('Hangup').map((form) => form['HangupSource'])).toEqual([
      'Answer XML',
      'Callee',
    ]);
  });

  it('rings several at once, and the first to answer wins', async (context) => {
    const world = await createWorld(context);
    const targets = '<Number>+919000000003</Number><User>sip:asha@example.in</User>';
    const call = begin(world, dial(world, '', targets));
    await world.application.until('the loser', () => forms(world, '/legs').length === 3);
    call.hangUp();
    await call.over;
    const told = forms(world, '/legs').map(
      (form) => `${form['DialBLegPosition']} ${form['Event']} ${form['DialBLegHangupCauseCode'] ?? ''}`,
    );
    expect(told.toSorted((one, other) => one.localeCompare(other))).toEqual([
      '1 DialAnswer ',
      '1 DialConnected ',
      '1 DialHangup 4000',
      '2 DialHangup 9000',
    ]);
  });
});

describe.concurrent('<Gather>', () => {
  const gather = ({ application: { url } }: World, attributes: string, prompt = ''): string =>
    `<Gather action="${url}/after/gather" ${attributes}>${prompt}</Gather><Hangup/>`;

  it.for([
    ['numDigits="3"', '4711', '471'],
    ['finishOnKey="*"', '47*11', '47'],
    ['digitEndTimeout="0.1"', '47', '47'],
  ])(
    'with %s takes of %s the digits %s to its action, and goes on there',
    async ([attributes, keys, digits], context) => {
      const world = await createWorld(context);
      const call = begin(world, gather(world, String(attributes), '<Speak>Hello.</Speak>'));
      await answered(world, call);
      await press(world, call, String(keys));
      expect((await call.over).endedReason).toBe('3010');
      expect(forms(world, '/after/gather')).toMatchObject([
        { Event: 'Gather', InputType: 'dtmf', Digits: digits },
      ]);
    },
  );

  it('is followed by what comes after it when nothing is pressed', async (context) => {
    const world = await createWorld(context);
    const { endedReason } = await begin(world, gather(world, 'executionTimeout="0.1"')).over;
    expect([endedReason, forms(world, '/after/gather')]).toEqual(['4000', []]);
  });
});

describe.concurrent('<Record>', () => {
  const record = ({ application: { url } }: World, attributes: string): string =>
    `<Record action="${url}/after/record" callbackUrl="${url}/recorded" ${attributes}/>`;

  it.for([
    ['maxLength="0.1"', '', 'maxLength'],
    ['timeout="0.1"', '', 'RecordingTimeout'],
    ['finishOnKey="#"', '#', 'FinishedOnKey'],
  ])('with %s ends for %j with %s', async ([attributes, key, reason], context) => {
    const world = await createWorld(context);
    const call = begin(world, `${record(world, String(attributes))}<Hangup/>`);
    await answered(world, call);
    if (key !== '') await press(world, call, String(key));
    expect((await call.over).endedReason).toBe('4000');
    expect(forms(world, '/after/record')).toMatchObject([{ Event: 'Record', RecordingDuration: '-1' }]);
    expect(forms(world, '/recorded')).toMatchObject([
      {
        Event: 'RecordStop',
        RecordingEndReason: reason,
        CallUUID: call.id,
        RecordUrl: expect.stringMatching(/mp3$/),
      },
    ]);
  });

  it('of the session goes on beside everything else, until the caller hangs up', async (context) => {
    const world = await createWorld(context);
    const call = begin(
      world,
      `${record(world, 'recordSession="true" redirect="false"')}<Speak>Hello.</Speak><Wait length="600"/>`,
    );
    await world.application.until('what follows', () => call.state().transcript.length > 0);
    expect(forms(world, '/recorded')).toEqual([]);
    call.hangUp();
    await call.over;
    expect(forms(world, '/recorded')).toMatchObject([{ RecordingEndReason: 'HungUp' }]);
    expect(forms(world, '/after/record')).toHaveLength(1);
  });

  it('goes on where its action says, if it is told to', async (context) => {
    const world = await createWorld(context);
    const { endedReason } = await begin(world, record(world, 'maxLength="0.1" redirect="true"')).over;
    expect(endedReason).toBe('3010');
  });
});

describe.concurrent('what a call hears', () => {
  it('is a file, as often as <Play> says; one that is not there is passed over', async (context) => {
    const world = await createWorld(context);
    const { url, files } = world.application;
    files.set('/a.wav', wavFile(900, 200));
    const call = begin(world, `<Play>${url}/none.wav</Play><Play loop="2">${url}/a.wav</Play><Hangup/>`);
    await call.over;
    const heard = world.simulator.vobiz.call(call.id)?.heard() ?? Buffer.alloc(0);
    expect(hears(heard, 900)).toBe(true);
    expect(heard.length).toBeGreaterThanOrEqual(2 * 200 * 16);
    expect(call.state().vobiz?.notes).toEqual(['play: not a WAV file']);
  });

  it('before it is answered leaves it unanswered', async (context) => {
    const world = await createWorld(context);
    const call = begin(
      world,
      '<PreAnswer><Speak>Hello.</Speak><Wait length="0.1"/></PreAnswer><Hangup reason="busy"/>',
    );
    const { startedAt, transcript } = await call.over;
    expect([startedAt, transcript.map(({ text }) => text)]).toEqual([null, ['Hello.']]);
  });

  it('are digits, beside what follows or before it', async (context) => {
    const world = await createWorld(context);
    const { vobiz, endedReason } = await begin(
      world,
      '<DTMF>12w#</DTMF><DTMF async="false">9</DTMF><Hangup/>',
    ).over;
    expect([vobiz?.digitsSent, endedReason]).toEqual(['12w#9', '4000']);
  });

  it('is nothing at the end of a <Wait> that ends in silence', async (context) => {
    const world = await createWorld(context);
    const { endedReason } = await begin(
      world,
      '<Wait length="600" silence="true" minSilence="100"/><Hangup/>',
    ).over;
    expect(endedReason).toBe('4000');
  });

  it('goes on after a <Hangup> that is scheduled, until its time has come', async (context) => {
    const world = await createWorld(context);
    const call = begin(world, '<Hangup schedule="0.5"/><Speak>Hello.</Speak><Wait length="600"/>');
    const { endedReason, startedAt } = await call.over;
    expect([endedReason, startedAt]).toEqual(['4000', expect.any(Number)]);
    expect(world.application.forms('Hangup')).toMatchObject([{ HangupSource: 'Answer XML' }]);
  });

  it('goes on where a <Redirect> says, by the method that it says', async (context) => {
    const world = await createWorld(context);
    const call = begin(world, `<Redirect method="GET">${world.application.url}/after/x</Redirect>`);
    expect((await call.over).endedReason).toBe('3010');
    expect(world.application.requests[1]).toMatchObject({ method: 'GET', body: '' });
  });
});
