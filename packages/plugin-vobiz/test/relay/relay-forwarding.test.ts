import { describe, expect, it } from 'vitest';
import { MAX_BUFFERED_MEDIA_DIALLING } from '../../src/relay/agent-queue.ts';
import { EARLY_MESSAGES_MS } from '../../src/stream/early-messages.ts';
import {
  AGENT_URL,
  CALL_ID,
  CLEAR,
  CLEARED,
  command,
  confirmed,
  FRAME,
  media,
  out,
  say,
  START,
  startRelay,
  startRelays,
  deliver,
} from './relay-harness.ts';
import { CALL, frame, samplesOf, STREAM, textOf } from '../samples.ts';

const fromVobiz = samplesOf('stream-in');
const fromAgents = samplesOf('stream-out');

describe('messages of Vobiz', () => {
  it.each(fromVobiz.map(({ name }) => name))('are forwarded unchanged: %s', async (name) => {
    const { host, vobiz, agent } = await startRelay();
    // A start for another call would close the socket.
    const text = frame(name).replaceAll('CALL_7h2k9', CALL);
    await deliver(host, vobiz, text);
    expect(agent().received).toEqual([START, text]);
    host.verify();
  });

  it('are forwarded in order, the start before earlier messages', async () => {
    const { host, open, agent } = await startRelays();
    const vobiz = open();
    const early = [frame('seq02_media_before_start'), frame('dtmf_plivo_shape')];
    const rest = [frame('seq02_media_after_start'), frame('played_stream'), frame('stop_older_call_ended')];
    await deliver(host, vobiz, ...early, frame('seq02_start_late'), ...rest);
    await host.clock.settle();
    expect(agent().received).toEqual([frame('seq02_start_late'), ...early, ...rest]);
  });

  it('are dropped if the start is late', async () => {
    const { host, open, agent } = await startRelays();
    const vobiz = open();
    await deliver(host, vobiz, frame('seq02_media_before_start'));
    await host.clock.advance(EARLY_MESSAGES_MS);
    await deliver(host, vobiz, START);
    expect(agent().received).toEqual([START]);
  });

  it('are forwarded as bytes if they are binary', async () => {
    const { host, vobiz, agent } = await startRelay();
    await deliver(host, vobiz, Uint8Array.of(1, 2));
    expect(agent().received).toEqual([START, Uint8Array.of(1, 2)]);
  });

  it('are buffered while the agent is dialled, at most two seconds of audio', async () => {
    const { host, open, agent } = await startRelays();
    let answer = (): void => undefined;
    host.answerDials(() => new Promise<void>((resolve) => (answer = resolve)));
    const vobiz = open();
    const frames = Array.from({ length: MAX_BUFFERED_MEDIA_DIALLING + 2 }, (_, chunk) =>
      media(FRAME, { chunk }),
    );
    await deliver(host, vobiz, START, frame('dtmf_flat_digit'), ...frames);
    answer();
    await host.clock.settle();
    await deliver(host, vobiz, frame('played_stream'));
    agent();
    expect(agent().received).toEqual([
      START,
      frame('dtmf_flat_digit'),
      ...frames.slice(2),
      frame('played_stream'),
    ]);
    expect(host.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('go to the agent at the URL of the call, with empty unknown values', async () => {
    const { host } = await startRelay();
    expect(host.dials[0]?.url.href).toBe(
      AGENT_URL.replace('{callId}', CALL).replace('{from}', '%2B919000000002'),
    );
    expect(host.logText()).not.toContain('s3cr3t');
  });

  it('go to one agent socket per stream socket, also a repeated start', async () => {
    const { host, vobiz, open, agent } = await startRelay();
    await deliver(host, vobiz, START);
    const another = open();
    await deliver(host, another, START.replaceAll(STREAM, 'another'), media(FRAME, {}));
    expect(host.dials).toHaveLength(2);
    expect(agent(0).received).toEqual([START, START]);
    expect(agent(1).received).toHaveLength(2);
  });

  it('are rejected for a call that is not relayed', async () => {
    const { host, relays, open } = await startRelays();
    await relays.forget(CALL_ID);
    expect(relays.isExpected(CALL_ID)).toBe(false);
    const vobiz = open();
    await host.clock.settle();
    expect(vobiz.closing?.code).toBe(1008);
    expect(host.clock.pending).toBe(0);
  });

  it('are rejected with a start of another call, and no agent is dialled', async () => {
    const { host, open } = await startRelays();
    const vobiz = open();
    await deliver(
      host,
      vobiz,
      JSON.stringify({ event: 'start', start: { callId: 'other', streamId: STREAM } }),
    );
    expect(vobiz.closing?.code).toBe(1008);
    expect(host.dials).toEqual([]);
    expect(host.clock.pending).toBe(0);
  });
});

describe('messages of the agent', () => {
  it.each(fromAgents.map(({ name, body }) => [name, textOf(body)] as const))(
    'are forwarded to Vobiz unchanged: %s',
    async (_name, text) => {
      const { host, vobiz, agent } = await startRelay();
      await deliver(host, agent(), text);
      expect(vobiz.received).toEqual([text]);
      host.verify();
    },
  );

  it('are forwarded in order', async () => {
    const { host, vobiz, agent } = await startRelay();
    const messages = fromAgents.filter(({ name }) => name !== 'stop').map(({ body }) => textOf(body));
    await deliver(host, agent(), ...messages);
    expect(vobiz.received).toEqual(messages);
  });

  it('are dropped and counted if they are malformed', async () => {
    const { host, vobiz, agent } = await startRelay();
    await deliver(host, agent(), '{"event":"playAu', '[]', 'null', Uint8Array.of(1));
    expect(vobiz.received).toEqual([]);
    vobiz.close();
    await host.clock.settle();
    const done = host.logs.find(({ message }) => message === 'relay closed');
    expect(done?.fields).toMatchObject({ malformedByAgent: 3, binaryByAgent: 1 });
  });
});

describe('mute', () => {
  it('drops the audio of the assistant, and clears the buffered audio once', async () => {
    const { host, relay, vobiz, agent } = await startRelay();
    await relay().mute('ASSISTANT', command('mute'));
    await deliver(host, agent(), say(FRAME), out('checkpoint'));
    expect(vobiz.received).toEqual([CLEAR, out('checkpoint')]);
    expect(confirmed(host)).toEqual([]);
    await deliver(host, vobiz, CLEARED);
    expect(confirmed(host)).toEqual(['cmd_mute']);
    expect(agent().received).toEqual([START]);
    await relay().mute('ASSISTANT', command('again'));
    await host.clock.settle();
    expect(confirmed(host)).toEqual(['cmd_mute', 'cmd_again']);
    expect(vobiz.received).toHaveLength(2);
    await relay().unmute('ASSISTANT', command('unmute'));
    await deliver(host, agent(), say(FRAME));
    expect(vobiz.received.at(-1)).toBe(say(FRAME));
    expect(confirmed(host).at(-1)).toBe('cmd_unmute');
    host.verify();
  });

  it('is confirmed after a timeout if Vobiz does not confirm the clear', async () => {
    const { host, relay } = await startRelay();
    await relay().mute('ASSISTANT', command('mute'));
    await host.clock.advance(999);
    expect(confirmed(host)).toEqual([]);
    await host.clock.advance(1);
    expect(confirmed(host)).toEqual(['cmd_mute']);
  });

  it('replaces the audio of the customer by silence of the same length', async () => {
    const { host, relay, vobiz, agent } = await startRelay();
    await relay().mute('CUSTOMER', command('mute'));
    expect(confirmed(host)).toEqual(['cmd_mute']);
    await deliver(host, vobiz, frame('seq01_both_inbound'), frame('dtmf_plivo_shape'));
    const { body } = fromVobiz.find(({ name }) => name === 'seq01_both_inbound')!;
    const received = JSON.parse(String(agent().received[1])) as { media: { payload: string } };
    expect(received).toEqual({
      ...body,
      media: { ...(body['media'] as object), payload: Buffer.alloc(160, 0xff).toString('base64') },
    });
    expect(agent().received[2]).toBe(frame('dtmf_plivo_shape'));
    await relay().unmute('CUSTOMER', command('unmute'));
    await deliver(host, vobiz, frame('seq01_both_inbound'));
    expect(agent().received[3]).toBe(frame('seq01_both_inbound'));
  });

  it('applies to the next socket of the call, also after a restart', async () => {
    const { host, relay, vobiz, open, agent } = await startRelay();
    await relay().mute('ASSISTANT', command('a'));
    await relay().mute('CUSTOMER', command('c'));
    vobiz.cut();
    const next = open();
    await deliver(host, next, START, media(FRAME));
    await deliver(host, agent(), say(FRAME));
    expect(next.received).toEqual([]);
    expect(String(agent().received[1])).not.toContain(FRAME);

    const later = await startRelay({ hostOptions: { clock: host.clock, state: host.state } });
    await deliver(later.host, later.vobiz, media(FRAME));
    await deliver(later.host, later.agent(), say(FRAME));
    expect(later.vobiz.received).toEqual([]);
    expect(String(later.agent().received[1])).not.toContain(FRAME);
  });
});

describe('clearedAudio', () => {
  it('is forwarded to the agent only for its own requests', async () => {
    const { host, relay, vobiz, agent } = await startRelay();
    await deliver(host, agent(), CLEAR);
    await relay().clear(command('clear'));
    await deliver(host, vobiz, CLEARED);
    expect(agent().received).toEqual([START, CLEARED]);
    expect(confirmed(host)).toEqual([]);
    await deliver(host, vobiz, CLEARED);
    expect(agent().received).toHaveLength(2);
    expect(confirmed(host)).toEqual(['cmd_clear']);
  });

  it('that is lost does not affect the next request', async () => {
    const { host, relay, vobiz, agent } = await startRelay();
    await relay().clear(command('clear'));
    await host.clock.advance(1000);
    await deliver(host, agent(), CLEAR);
    await deliver(host, vobiz, CLEARED);
    expect(agent().received).toEqual([START, CLEARED]);
    expect(confirmed(host)).toEqual([]);
    await deliver(host, vobiz, CLEARED);
    expect(confirmed(host)).toEqual(['cmd_clear']);
    expect(agent().received).toHaveLength(2);
  });

  it('that is lost on the socket is replaced by a status callback', async () => {
    const { host, relay, relays } = await startRelay();
    await relay().clear(command('clear'));
    relays.statusCallback({ callId: CALL, event: 'ClearedAudio', streamId: STREAM });
    expect(confirmed(host)).toEqual([]);
    await host.clock.advance(1000);
    expect(confirmed(host)).toEqual(['cmd_clear']);
  });
});
