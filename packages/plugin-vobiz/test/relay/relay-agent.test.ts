import { CLEAR_TIMEOUT_MS } from '../../src/relay/clear-tracker.ts';
import { MAX_HELD_CHARACTERS } from '../../src/relay/held-messages.ts';
import { FaultError, type Socket } from '@sidetone/core';
import { createFakeSocket, type FakeSocket } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { RECONNECT } from '../../src/relay/agent-dialer.ts';
import { FLUSH_TIMEOUT_MS, STABLE_MS } from '../../src/relay/agent-link.ts';
import { MAX_BUFFERED_CONTROLS, MAX_BUFFERED_MEDIA, MAX_IN_FLIGHT } from '../../src/relay/agent-queue.ts';
import { STOP_TIMEOUT_MS } from '../../src/relay/relay-state.ts';
import {
  CALL_ID,
  CLEAR,
  CLEARED,
  command,
  confirmed,
  eventsAt,
  FRAME,
  media,
  notices,
  out,
  say,
  signal,
  START,
  startRelay,
  startRelays,
  STOP,
  deliver,
} from './relay-harness.ts';
import { CALL, frame, STREAM } from '../samples.ts';

const refuse = (): never => {
  throw new FaultError('PROVIDER_REFUSED', 'refused with status 503');
};

describe('an agent that ends the stream', () => {
  it.each([
    ['with a stop', (agent: FakeSocket) => void agent.send(out('stop')), out('stop')],
    ['by closing its socket', (agent: FakeSocket) => agent.close(1000), STOP],
  ])('%s stops it once the end of the call is stored', async (_how, end, stop) => {
    let store = (): void => undefined;
    const { host, vobiz, agent, relays } = await startRelay({
      onAgentEnded: () => new Promise<void>((resolve) => (store = resolve)),
    });
    end(agent());
    await host.clock.settle();
    expect(vobiz.received).toEqual([]);
    expect(relays.get(CALL_ID)).toBeUndefined();
    store();
    await host.clock.settle();
    expect(vobiz.received).toEqual([stop]);
    expect(notices(host)).toEqual([]);
    vobiz.close();
    await host.clock.settle();
    expect(agent().closing?.code).toBe(1000);
    expect(host.clock.pending).toBe(0);
  });

  it.each([
    [1000, [STOP], []],
    [1005, [STOP], []],
    [1001, [], ['VOBIZ_AGENT_DISCONNECTED']],
    [1006, [], ['VOBIZ_AGENT_DISCONNECTED']],
    [1011, [], ['VOBIZ_AGENT_DISCONNECTED']],
  ])('closes normally, with code %i: %j', async (code, toVobiz, expected) => {
    const { socket } = createFakeSocket();
    let close = (_code: number, _reason: string): void => undefined;
    const agent: Socket = {
      send: (message) => socket.send(message),
      close: () => {},
      onMessage: () => {},
      onClose: (listener) => (close = listener),
    };
    const { host, vobiz } = await startRelay({ dial: () => Promise.resolve(agent) });
    close(code, '');
    await host.clock.settle();
    expect(vobiz.received).toEqual(toVobiz);
    expect(notices(host)).toEqual(expected);
  });

  it('is ignored afterwards, and the socket is closed if Vobiz does not close it', async () => {
    const { host, vobiz, agent, stored } = await startRelay();
    await deliver(host, agent(), out('stop'), say(FRAME), out('stop'));
    expect(vobiz.received).toEqual([out('stop')]);
    expect(stored).toEqual([`hang up ${CALL}`]);
    await host.clock.advance(STOP_TIMEOUT_MS);
    expect(vobiz.closing?.code).toBe(1000);
    expect(host.clock.pending).toBe(0);
  });

  it('stops it even if the next step cannot be stored', async () => {
    const { host, vobiz, agent } = await startRelay({
      onAgentEnded: () => Promise.reject(new Error('disk full')),
    });
    await deliver(host, agent(), out('stop'));
    expect(vobiz.received).toEqual([out('stop')]);
    expect(host.logs.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('does not end the stream with the stop of another stream', async () => {
    const { host, vobiz, agent, stored } = await startRelay();
    const foreign = JSON.stringify({ event: 'stop', streamId: 'another' });
    await deliver(host, agent(), foreign, say(FRAME));
    expect(vobiz.received).toEqual([foreign, say(FRAME)]);
    expect(stored).toEqual([]);
  });
});

describe('an agent that disconnects', () => {
  it('is redialled, and receives the same start and the buffered messages', async () => {
    const { host, vobiz, agent } = await startRelay();
    agent().cut();
    await deliver(host, vobiz, media(FRAME), frame('dtmf_plivo_shape'));
    expect(notices(host)).toEqual(['VOBIZ_AGENT_DISCONNECTED']);
    await host.clock.advance(RECONNECT.firstMs);
    expect(agent(1).received).toEqual([START, media(FRAME), frame('dtmf_plivo_shape')]);
    expect(notices(host)).toEqual(['VOBIZ_AGENT_DISCONNECTED', 'VOBIZ_AGENT_RECONNECTED']);
    await deliver(host, agent(1), say(FRAME));
    expect(vobiz.received).toEqual([say(FRAME)]);
    expect(host.clock.pending).toBe(0);
  });

  it('too often is replaced by the fallback, and the stream is stopped', async () => {
    const { host, vobiz, agent, stored } = await startRelay({ retries: 2 });
    for (let losses = 0; losses < 3; losses++) {
      agent().cut();
      await host.clock.advance(1000);
    }
    expect(host.dials).toHaveLength(3);
    expect(notices(host).at(-1)).toBe('VOBIZ_AGENT_UNREACHABLE');
    expect(stored).toEqual([`fallback ${CALL}`]);
    expect(vobiz.received).toEqual([STOP]);
    vobiz.close();
    await host.clock.settle();
    expect(host.clock.pending).toBe(0);
  });

  it('after a stable connection gets all retries again', async () => {
    const { host, vobiz, agent } = await startRelay({ retries: 1 });
    for (let losses = 0; losses < 3; losses++) {
      await host.clock.advance(STABLE_MS);
      agent().cut();
      await host.clock.advance(RECONNECT.firstMs);
      agent();
    }
    expect(notices(host)).not.toContain('VOBIZ_AGENT_UNREACHABLE');
    expect(vobiz.received).toEqual([]);
  });

  it('is not redialled after Vobiz stopped or closed the stream', async () => {
    const { host, vobiz, agent, stored } = await startRelay();
    await deliver(host, vobiz, frame('stop_older_call_ended'));
    agent().cut();
    await host.clock.advance(RECONNECT.firstMs);
    expect(host.dials).toHaveLength(1);
    expect(notices(host)).toEqual([]);
    vobiz.close();
    await host.clock.settle();
    expect(stored).toEqual([]);
    expect(host.clock.pending).toBe(0);
  });
});

describe('an agent that cannot be reached', () => {
  it.each([
    ['because it rejects', refuse],
    ['because it times out', () => new Promise<void>(() => {})],
  ])('%s is dialled as often as configured, then replaced by the fallback', async (_why, answer) => {
    const { host, open, stored } = await startRelays({ retries: 2 });
    host.answerDials(answer);
    const vobiz = open();
    await deliver(host, vobiz, START);
    await host.clock.advance(60_000);
    expect(host.dials).toHaveLength(3);
    expect(notices(host)).toEqual(['VOBIZ_AGENT_UNREACHABLE']);
    expect(stored).toEqual([`fallback ${CALL}`]);
    expect(vobiz.received).toEqual([STOP]);
    expect(vobiz.closing?.code).toBe(1000);
    expect(host.clock.pending).toBe(0);
    expect(host.logText()).not.toContain('s3cr3t');
  });

  it('at first is not reported if a retry succeeds', async () => {
    const { host, open, agent } = await startRelays();
    host.answerDials(refuse);
    const vobiz = open();
    await deliver(host, vobiz, START, media(FRAME));
    host.answerDials(() => {});
    await host.clock.advance(RECONNECT.firstMs);
    expect(agent().received).toEqual([START, media(FRAME)]);
    expect(notices(host)).toEqual([]);
  });

  it('until the stream has ended is closed again', async () => {
    const late = createFakeSocket();
    let answer = (_socket: Socket): void => undefined;
    const { host, vobiz } = await startRelay({ dial: () => new Promise((resolve) => (answer = resolve)) });
    vobiz.cut();
    await host.clock.settle();
    answer(late.socket);
    await host.clock.settle();
    expect(late.peer.closing?.code).toBe(1001);
    expect(host.clock.pending).toBe(0);
  });

  it('is not dialled any more when the call has ended', async () => {
    const { host, open, relays } = await startRelays();
    host.answerDials(() => new Promise<void>(() => {}));
    const vobiz = open();
    await deliver(host, vobiz, START);
    await relays.forget(CALL_ID);
    await host.clock.advance(60_000);
    expect(host.dials).toHaveLength(1);
    expect(vobiz.closing?.code).toBe(1000);
    expect(host.clock.pending).toBe(0);
    expect(host.state.entries.size).toBe(0);
    expect(host.demandListeners).toBe(0);
  });
});

/** An agent whose sends stay pending until `resume` is called. */
function slowAgent() {
  const { socket, peer } = createFakeSocket();
  let resume = (): void => undefined;
  const resumed = new Promise<void>((resolve) => (resume = resolve));
  const sent: string[] = [];
  const slow: Socket = {
    send: async (message) => {
      sent.push(String(message));
      await resumed;
    },
    close: (code, reason) => socket.close(code, reason),
    onMessage: (listener) => socket.onMessage(listener),
    onClose: (listener) => socket.onClose(listener),
  };
  return { slow, peer, sent, resume };
}

describe('an agent that reads too slowly', () => {
  it('loses the oldest audio after a second, and nothing else', async () => {
    const { slow, sent, resume } = slowAgent();
    const { host, vobiz } = await startRelay({ dial: () => Promise.resolve(slow) });
    const inFlight = Array.from({ length: MAX_IN_FLIGHT - 1 }, (_, chunk) => media(FRAME, { chunk }));
    const waiting = Array.from({ length: MAX_BUFFERED_MEDIA + 3 }, (_, n) =>
      media(FRAME, { chunk: 100 + n }),
    );
    await deliver(host, vobiz, ...inFlight, frame('dtmf_plivo_shape'), ...waiting);
    expect(sent).toEqual([START, ...inFlight]);
    resume();
    await host.clock.settle();
    expect(sent).toEqual([START, ...inFlight, frame('dtmf_plivo_shape'), ...waiting.slice(3)]);
    vobiz.close();
    await host.clock.settle();
    const done = host.logs.find(({ message }) => message === 'agent link closed');
    expect(done?.fields).toMatchObject({ droppedMedia: 3, droppedControls: 0 });
    expect([...host.limits]).toEqual([['MAX_BUFFERED_MEDIA', 3]]);
  });

  it('is disconnected and redialled when too many other messages are buffered', async () => {
    const { slow, peer } = slowAgent();
    const another = createFakeSocket();
    const answers = [slow, another.socket];
    const { host, vobiz } = await startRelay({ dial: () => Promise.resolve(answers.shift()!) });
    another.peer.onMessage(() => {});
    const digits = Array.from({ length: MAX_IN_FLIGHT + MAX_BUFFERED_CONTROLS }, () =>
      frame('dtmf_flat_digit'),
    );
    await deliver(host, vobiz, ...digits);
    expect(peer.closing?.code).toBe(1008);
    expect(notices(host)).toEqual(['VOBIZ_AGENT_DISCONNECTED']);
    await host.clock.advance(RECONNECT.firstMs);
    expect(another.peer.received[0]).toBe(START);
    expect(another.peer.received).toHaveLength(2 + MAX_BUFFERED_CONTROLS);
  });

  it('is closed after the flush timeout when the stream has ended', async () => {
    const { slow, peer } = slowAgent();
    const { host, vobiz } = await startRelay({ dial: () => Promise.resolve(slow) });
    await deliver(host, vobiz, media(FRAME));
    vobiz.close();
    await host.clock.settle();
    expect(peer.closing).toBeUndefined();
    await host.clock.advance(FLUSH_TIMEOUT_MS);
    expect(peer.closing?.code).toBe(1000);
    expect(host.clock.pending).toBe(0);
  });

  it('is not waited for after it disconnected', async () => {
    const { slow, peer } = slowAgent();
    const { host, vobiz } = await startRelay({ dial: () => Promise.resolve(slow) });
    vobiz.close();
    await host.clock.settle();
    peer.cut();
    await host.clock.settle();
    expect(host.clock.pending).toBe(0);
  });

  it('does not affect its next connection', async () => {
    const first = slowAgent();
    const second = slowAgent();
    const answers = [first.slow, second.slow];
    const { host, vobiz } = await startRelay({ dial: () => Promise.resolve(answers.shift()!) });
    const frames = Array.from({ length: MAX_IN_FLIGHT * 2 }, (_, chunk) => media(FRAME, { chunk }));
    await deliver(host, vobiz, ...frames);
    first.peer.cut();
    await host.clock.advance(RECONNECT.firstMs);
    first.resume();
    await deliver(host, vobiz, ...frames);
    expect(second.sent).toHaveLength(MAX_IN_FLIGHT);
    expect(second.sent[0]).toBe(START);
  });

  it('does not delay stopping the provider', async () => {
    const { slow, peer } = slowAgent();
    const { host, vobiz, relays } = await startRelay({ dial: () => Promise.resolve(slow) });
    relays.stop('the provider stopped');
    expect(peer.closing?.code).toBe(1000);
    expect(vobiz.closing?.code).toBe(1000);
    expect(host.clock.pending).toBe(0);
  });
});

describe('a handoff', () => {
  const NEXT = new URL('wss://next.example.in/agent?key=hidden');

  it('sends the new agent the start, clears the audio of the old one, and closes its socket', async () => {
    const { host, vobiz, agent, relay } = await startRelay();
    await deliver(host, agent(), say(FRAME));
    await relay().handoff(NEXT, command('handoff'), signal);
    await host.clock.settle();
    expect(agent(0).closing?.code).toBe(1000);
    expect(eventsAt(vobiz)).toEqual(['playAudio', 'clearAudio']);
    expect(host.eventsOf('assistant.changed')).toMatchObject([{ assistant: { name: 'next.example.in' } }]);
    expect(confirmed(host)).toEqual(['cmd_handoff']);
    await deliver(host, vobiz, CLEARED, media(FRAME));
    expect(agent(1).received).toEqual([START, media(FRAME)]);
    await deliver(host, agent(1), out('checkpoint'));
    expect(vobiz.received.at(-1)).toBe(out('checkpoint'));
    expect(JSON.stringify(host.events) + host.logText()).not.toContain('hidden');
    host.verify();
  });

  it('holds back the new agent until the audio of the old one is cleared', async () => {
    const { host, vobiz, agent, relay } = await startRelay();
    await relay().handoff(NEXT, command('handoff'), signal);
    await deliver(host, agent(1), say(FRAME), out('checkpoint'));
    expect(eventsAt(vobiz)).toEqual(['clearAudio']);
    await deliver(host, vobiz, CLEARED);
    expect(eventsAt(vobiz)).toEqual(['clearAudio', 'playAudio', 'checkpoint']);
    await deliver(host, agent(1), say(FRAME));
    expect(eventsAt(vobiz)).toHaveLength(4);
  });

  it('holds back the new agent for a limited time, and a limited amount', async () => {
    const { host, vobiz, agent, relay } = await startRelay();
    await relay().handoff(NEXT, command('handoff'), signal);
    const large = say('A'.repeat(MAX_HELD_CHARACTERS - 1000));
    await deliver(host, agent(1), large, large, out('checkpoint'));
    await host.clock.advance(CLEAR_TIMEOUT_MS);
    expect(eventsAt(vobiz)).toEqual(['clearAudio', 'playAudio', 'checkpoint']);
    vobiz.close(1000);
    await host.clock.settle();
    expect(host.logs.find(({ message }) => message === 'relay closed')?.fields).toMatchObject({
      droppedHeld: 1,
    });
  });

  it('that follows another one forwards only the messages of the last agent', async () => {
    const { host, vobiz, agent, relay } = await startRelay();
    await relay().handoff(NEXT, command('first'), signal);
    await deliver(host, agent(1), say(FRAME));
    await relay().handoff(NEXT, command('second'), signal);
    await deliver(host, agent(2), out('checkpoint'));
    await deliver(host, vobiz, CLEARED, CLEARED);
    expect(eventsAt(vobiz)).toEqual(['clearAudio', 'clearAudio', 'checkpoint']);
  });

  it('applies to the next stream of the call, also after a restart', async () => {
    const { host, vobiz, open, relay } = await startRelay();
    await relay().handoff(NEXT, command('handoff'), signal);
    vobiz.cut();
    await deliver(host, open(), START);
    expect(host.dials.at(-1)?.url.href).toBe(NEXT.href);
    const later = await startRelay({ hostOptions: { clock: host.clock, state: host.state } });
    expect(later.host.dials.map(({ url }) => url.href)).toEqual([NEXT.href]);
  });

  it('uses the guarded connection, also after a restart, unlike the configured agent', async () => {
    const { host, relay } = await startRelay();
    expect(host.guardedDials).toBe(0);
    await relay().handoff(NEXT, command('handoff'), signal);
    expect(host.guardedDials).toBe(1);
    const later = await startRelay({ hostOptions: { clock: host.clock, state: host.state } });
    expect(later.host.guardedDials).toBe(1);
  });

  it('to an unreachable agent fails, and the old one stays connected', async () => {
    const { host, vobiz, agent, relay } = await startRelay();
    host.answerDials(refuse);
    await expect(relay().handoff(NEXT, command('handoff'), signal)).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
    });
    await deliver(host, agent(0), say(FRAME));
    expect(vobiz.received).toEqual([say(FRAME)]);
    expect(agent(0).closing).toBeUndefined();
    expect(host.eventsOf('assistant.changed')).toEqual([]);
    expect(host.clock.pending).toBe(0);
  });

  it('fails if the stream ends meanwhile, and leaves no agent connected', async () => {
    const { host, vobiz, agent, relay } = await startRelay();
    let answer = (): void => undefined;
    host.answerDials(() => new Promise<void>((resolve) => (answer = resolve)));
    const failed = relay()
      .handoff(NEXT, command('handoff'), signal)
      .catch((error: unknown) => error);
    await deliver(host, agent(0), out('stop'));
    answer();
    expect(await failed).toMatchObject({ code: 'CALL_NOT_LIVE' });
    await host.clock.settle();
    expect(agent(1).closing?.code).toBe(1000);
    expect(host.eventsOf('assistant.changed')).toEqual([]);
    vobiz.close();
    await host.clock.settle();
    expect(host.clock.pending).toBe(0);
  });

  it('is aborted when the stream ends', async () => {
    const { host, vobiz, relay } = await startRelay();
    host.answerDials(() => new Promise<void>(() => {}));
    const failed = relay()
      .handoff(NEXT, command('handoff'), signal)
      .catch((error: unknown) => error);
    await host.clock.settle();
    vobiz.cut();
    expect(await failed).toMatchObject({ code: 'CALL_NOT_LIVE' });
    expect(host.clock.pending).toBe(0);
  });

  it('replaces an agent that is being redialled', async () => {
    const { host, vobiz, agent, relay } = await startRelay();
    agent().cut();
    await host.clock.settle();
    await relay().handoff(NEXT, command('handoff'), signal);
    await host.clock.advance(RECONNECT.firstMs);
    expect(host.dials).toHaveLength(2);
    await deliver(host, vobiz, CLEARED, media(FRAME));
    expect(agent(1).received).toEqual([START, media(FRAME)]);
    expect(notices(host)).toEqual(['VOBIZ_AGENT_DISCONNECTED']);
  });

  it('keeps parties muted', async () => {
    const { host, vobiz, agent, relay } = await startRelay();
    await relay().mute('ASSISTANT', command('mute'));
    await relay().handoff(NEXT, command('handoff'), signal);
    await deliver(host, agent(1), say(FRAME));
    expect(vobiz.received).toEqual([CLEAR, CLEAR]);
  });
});

describe('the end of a stream', () => {
  it('sends one stop for a command', async () => {
    const { host, vobiz, agent, relay } = await startRelay();
    const ending = relay();
    await ending.endStream();
    await expect(ending.endStream()).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
    await deliver(host, agent(), say(FRAME));
    expect(vobiz.received).toEqual([STOP]);
    await expect(ending.mute('ASSISTANT', command('late'))).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
  });

  it('closes the agent after all messages were sent', async () => {
    const { host, vobiz, agent } = await startRelay();
    const frames = Array.from({ length: MAX_IN_FLIGHT * 2 }, (_, chunk) => media(FRAME, { chunk }));
    for (const text of frames) void vobiz.send(text);
    await Promise.resolve();
    vobiz.close();
    await host.clock.settle();
    expect(agent().received).toEqual([START, ...frames]);
    expect(agent().closing?.code).toBe(1000);
  });

  it('leaves the newest open stream of the call for commands', async () => {
    const { host, vobiz, open, relays, relay } = await startRelay();
    const first = relay();
    const second = open();
    expect(relays.get(CALL_ID)).toBe(first);
    await deliver(host, second, START.replaceAll(STREAM, 'another'));
    expect(relay()).not.toBe(first);
    second.cut();
    await host.clock.settle();
    expect(relay()).toBe(first);
    vobiz.cut();
    await host.clock.settle();
    expect(relays.get(CALL_ID)).toBeUndefined();
    expect(host.clock.pending).toBe(0);
  });
});
