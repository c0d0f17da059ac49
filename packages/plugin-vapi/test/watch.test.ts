import { providerCallId } from '@sidetone/core';
import { createCommandContext } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { start, type Harness } from './harness.ts';
import { CALL, CONTROL_URL, LISTEN_URL, sample } from './samples.ts';

const live = {
  id: CALL,
  status: 'in-progress',
  type: 'webCall',
  createdAt: '2026-01-05T08:59:00.000Z',
  monitor: { listenUrl: LISTEN_URL, controlUrl: CONTROL_URL },
};
const ended = { ...(sample('get ended call, full', 'rest-response') as object), id: CALL };

/** Watches the call, for which Vapi returns `reply`. */
async function watch(reply: {
  status?: number;
  json: unknown;
}): Promise<Harness & { watched: Promise<void> }> {
  const harness = await start();
  harness.host.respond('GET', `https://api.vapi.ai/call/${CALL}`, reply);
  const watched = harness.provider.watch!(providerCallId(CALL), createCommandContext());
  watched.catch(() => undefined);
  return { ...harness, watched };
}

describe('watch', () => {
  it('publishes the call, which then supports listening and controls', async () => {
    const { host, provider, watched } = await watch({ json: live });
    await watched;
    expect(host.eventsOf('call.started')).toMatchObject([{ providerCallId: CALL, status: 'IN_PROGRESS' }]);
    const call = {
      id: 'call_1' as never,
      providerCallId: providerCallId(CALL),
      status: 'IN_PROGRESS',
    } as const;
    expect(provider.controlsFor!(call)).toEqual(expect.arrayContaining(['SAY', 'END_CALL', 'LISTEN']));
    host.answerDials(() => {});
    host.setDemand('levels', CALL, true);
    await host.clock.settle();
    expect(host.dials).toHaveLength(1);
    await provider.stop(new AbortController().signal);
  });

  it('rejects a call that Vapi does not find, without events', async () => {
    const { host, watched } = await watch({ status: 404, json: {} });
    await expect(watched).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' });
    expect(host.events).toEqual([]);
  });

  it('rejects an ended call, and publishes its end and report', async () => {
    const { host, watched } = await watch({ json: ended });
    await expect(watched).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
    expect(host.events.map(({ type }) => type)).toEqual(['call.started', 'call.ended', 'call.report']);
  });

  it('rejects with the error of Vapi', async () => {
    const { watched } = await watch({ status: 401, json: { message: 'Invalid Key.' } });
    await expect(watched).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
  });
});
