// Every way in which a webhook can come otherwise than documented.

import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { VobizBehaviour } from '../../../src/index.ts';
import { createWorld } from '../../support/setup.ts';
import type { World } from '../../support/setup.ts';
import { openStream, statuses } from '../../support/vobiz.ts';

/** Runs a call to its end. */
async function run(world: World, behaviour: Partial<VobizBehaviour>): Promise<void> {
  world.application.answer = () => '<Response><Hangup/></Response>';
  await world.simulator.startCall({ provider: 'vobiz', script: 'brief', behaviour }).over;
}

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('a webhook of Vobiz', () => {
  it('carries its fields in the query when it is a GET', async (context) => {
    const world = await createWorld(context);
    await run(world, { webhookMethod: 'GET' });
    const [asked, told] = world.application.requests;
    expect([asked?.method, told?.method, told?.body]).toEqual(['GET', 'GET', '']);
    expect(world.application.forms('StartApp')).toHaveLength(1);
    expect(world.application.forms('Hangup')).toMatchObject([{ HangupCauseCode: '4000' }]);
  });

  it.for([
    ['plain', /^91900/],
    ['plus', /^\+91900/],
    ['national', /^0900/],
  ] as const)('writes numbers %s', async ([numberFormat, pattern], context) => {
    const world = await createWorld(context);
    await run(world, { numberFormat });
    expect(world.application.forms('StartApp')[0]?.['From']).toMatch(pattern);
    expect(world.application.forms('Hangup')[0]?.['From']).toMatch(pattern);
  });

  it.for([
    [{ loseEvents: ['Hangup'] }, []],
    [{ doubleEvents: ['Hangup'] }, ['/hangup', '/hangup']],
    [{ hangupTo: 'answer-url' }, ['/answer']],
    [{ webhookDelayMs: 60, reorderMs: 60 }, ['/hangup']],
  ] as const)('about the end with %j goes to %j', async ([behaviour, paths], context) => {
    const world = await createWorld(context);
    await run(world, behaviour);
    const told = world.application.requests.filter(({ body }) => body.includes('Event=Hangup'));
    expect(told.map(({ path }) => path)).toEqual(paths);
  });

  it('about the end of a stream may be lost', async (context) => {
    const world = await createWorld(context);
    const { tell, call } = await openStream(world, { loseEvents: ['StopStream'] });
    tell('stop');
    await call.over;
    expect(statuses(world)).toEqual(['StartStream']);
  });

  it('about the end may come while streams are still open', async (context) => {
    const world = await createWorld(context);
    const { call, socket } = await openStream(world, { hangupOrder: 'before-close' });
    const openAtHangup: boolean[] = [];
    world.application.respond = ({ body }) => {
      if (body.includes('Event=Hangup')) openAtHangup.push(socket.closeCode === undefined);
      return { status: 200 };
    };
    call.hangUp();
    await call.over;
    expect(openAtHangup).toEqual([true]);
  });

  it('may overtake another', async (context) => {
    const world = await createWorld(context);
    const { tell, got } = await openStream(world, { reorderMs: 600, seed: 3 });
    for (let index = 0; index < 8; index += 1) tell('checkpoint', { name: String(index) });
    await world.application.until('all answers', () => got('playedStream').length === 8);
    await world.application.until('all webhooks', () => world.application.forms('PlayedStream').length === 8);
    const order = world.application.forms('PlayedStream').map((form) => form['Name']);
    expect(order).not.toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(new Set(order).size).toBe(8);
  });

  it('is signed with the key that is configured', async (context) => {
    const world = await createWorld(context, {}, { signingToken: 'k', behaviour: { signature: 'v3' } });
    await run(world, {});
    for (const { path, headers } of world.application.requests) {
      const nonce = String(headers['x-vobiz-signature-v3-nonce']);
      const expected = createHmac('sha256', 'k')
        .update(`${world.application.url}${path}.${nonce}`)
        .digest('base64');
      expect(headers['x-vobiz-signature-v3']).toBe(expected);
    }
    expect(world.application.requests).toHaveLength(2);
  });

  it('is not signed unless that is dialled', async (context) => {
    const world = await createWorld(context);
    await run(world, {});
    const names = world.application.requests.flatMap(({ headers }) => Object.keys(headers));
    expect(names.filter((name) => name.includes('signature') || name.includes('token'))).toEqual([]);
  });
});
