import { describe, expect, it } from 'vitest';
import { createFakeSocket } from '@sidetone/testkit';

describe('a pair of fake sockets', () => {
  it('brings what one end sends to the other, in order', async () => {
    const { socket, peer } = createFakeSocket();
    const heard: unknown[] = [];
    socket.onMessage((message) => void heard.push(message));
    await peer.send('one');
    await peer.send(new Uint8Array([2]));
    expect(heard).toEqual(['one', new Uint8Array([2])]);
    expect(peer.sent).toEqual(heard);
    expect(socket.received).toEqual(heard);
  });

  it('keeps what comes before there is a listener', async () => {
    const { socket, peer } = createFakeSocket();
    await peer.send('early');
    expect(socket.received).toEqual([]);
    const heard: unknown[] = [];
    socket.onMessage((message) => void heard.push(message));
    expect(heard).toEqual(['early']);
  });

  it('tells both ends of a close once, with code and reason', async () => {
    const { socket, peer } = createFakeSocket();
    const told: string[] = [];
    socket.onClose((code, reason) => void told.push(`socket ${code} ${reason}`));
    peer.onClose((code, reason) => void told.push(`peer ${code} ${reason}`));
    peer.close(1001, 'going');
    peer.close(1000);
    await Promise.resolve();
    expect(told.toSorted()).toEqual(['peer 1001 going', 'socket 1001 going']);
    expect(socket.closing).toEqual({ code: 1001, reason: 'going' });
  });

  it('closes with 1006 when it is cut', () => {
    const { socket, peer } = createFakeSocket();
    peer.cut();
    expect(socket.closing?.code).toBe(1006);
  });

  it('rejects a send after the close', async () => {
    const { socket } = createFakeSocket();
    socket.close();
    await expect(socket.send('x')).rejects.toThrow('closed socket');
  });

  it('says so when it is misused', () => {
    const { socket } = createFakeSocket();
    socket.onMessage(() => {});
    socket.onClose(() => {});
    expect(() => socket.onMessage(() => {})).toThrow('one listener');
    expect(() => socket.onClose(() => {})).toThrow('one listener');
    expect(() => socket.close(1006)).toThrow('may not be sent');
    expect(() => socket.close(1000, 'x'.repeat(124))).toThrow('123 bytes');
  });
});
