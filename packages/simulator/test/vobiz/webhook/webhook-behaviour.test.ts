// The behaviour options of webhooks.

import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { VobizBehaviour } from '../../../src/index.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';
import { openStream, statuses } from '../../support/vobiz.ts';

/** Runs a call to its end. */
async function run(setup: Setup, behaviour: Partial<VobizBehaviour>): Promise<void> {
  setup.application.answer = () => '<Response><Hangup/></Response>';
  await setup.simulator.startCall({ provider: 'vobiz', script: 'brief', behaviour }).over;
}

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('a webhook of Vobiz', () => {
  it('has its fields in the query of a GET', async (context) => {
    const setup = await createSetup(context);
    await run(setup, { webhookMethod: 'GET' });
    const [asked, received] = setup.application.requests;
    expect([asked?.method, received?.method, received?.body]).toEqual(['GET', 'GET', '']);
    expect(setup.application.forms('StartApp')).toHaveLength(1);
    expect(setup.application.forms('Hangup')).toMatchObject([{ HangupCauseCode: '4000' }]);
  });

  it.for([
    ['plain', /^91900/],
    ['plus', /^\+91900/],
    ['national', /^0900/],
  ] as const)('contains numbers in the format %s', async ([numberFormat, pattern], context) => {
    const setup = await createSetup(context);
    await run(setup, { numberFormat });
    expect(setup.application.forms('StartApp')[0]?.['From']).toMatch(pattern);
    expect(setup.application.forms('Hangup')[0]?.['From']).toMatch(pattern);
  });

  it.for([
    [{ loseEvents: ['Hangup'] }, []],
    [{ doubleEvents: ['Hangup'] }, ['/hangup', '/hangup']],
    [{ hangupTo: 'answer-url' }, ['/answer']],
    [{ webhookDelayMs: 60, reorderMs: 60 }, ['/hangup']],
  ] as const)('about the hangup with %j is sent to %j', async ([behaviour, paths], context) => {
    const setup = await createSetup(context);
    await run(setup, behaviour);
    const received = setup.application.requests.filter(({ body }) => body.includes('Event=Hangup'));
    expect(received.map(({ path }) => path)).toEqual(paths);
  });

  it('about the end of a stream can be lost', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, call } = await openStream(setup, { loseEvents: ['StopStream'] });
    sendCommand('stop');
    await call.over;
    expect(statuses(setup)).toEqual(['StartStream']);
  });

  it('about the hangup can be sent while streams are open', async (context) => {
    const setup = await createSetup(context);
    const { call, socket } = await openStream(setup, { hangupOrder: 'before-close' });
    const openAtHangup: boolean[] = [];
    setup.application.respond = ({ body }) => {
      if (body.includes('Event=Hangup')) openAtHangup.push(socket.closeCode === undefined);
      return { status: 200 };
    };
    call.hangUp();
    await call.over;
    expect(openAtHangup).toEqual([true]);
  });

  it('can arrive out of order', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received } = await openStream(setup, { reorderMs: 600, seed: 3 });
    for (let index = 0; index < 8; index += 1) sendCommand('checkpoint', { name: String(index) });
    await setup.application.until('all answers', () => received('playedStream').length === 8);
    await setup.application.until('all webhooks', () => setup.application.forms('PlayedStream').length === 8);
    const order = setup.application.forms('PlayedStream').map((form) => form['Name']);
    expect(order).not.toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(new Set(order).size).toBe(8);
  });

  it('is signed with the configured key', async (context) => {
    const setup = await createSetup(context, {}, { signingToken: 'k', behaviour: { signature: 'v3' } });
    await run(setup, {});
    for (const { path, headers } of setup.application.requests) {
      const nonce = String(headers['x-vobiz-signature-v3-nonce']);
      const expected = createHmac('sha256', 'k')
        .update(`${setup.application.url}${path}.${nonce}`)
        .digest('base64');
      expect(headers['x-vobiz-signature-v3']).toBe(expected);
    }
    expect(setup.application.requests).toHaveLength(2);
  });

  it('is not signed by default', async (context) => {
    const setup = await createSetup(context);
    await run(setup, {});
    const names = setup.application.requests.flatMap(({ headers }) => Object.keys(headers));
    expect(names.filter((name) => name.includes('signature') || name.includes('token'))).toEqual([]);
  });
});
