import { describe, expect, it } from 'vitest';
import { createFakeSocket } from '@sidetone/testkit';

describe('createFakeSocket', () => {
  it('delivers messages to the other end in order', async () => {
    const { socket, peer } = createFakeSocket();
    const received: unknown[] = [];
    socket.onMessage((message) => void received.push(message));
    await peer.send('one');
    await peer.send(new Uint8Array([2]));
    expect(received).toEqual(['one', new Uint8Array([2])]);
    expect(peer.sent).toEqual(received);
    expect(socket.received).toEqual(received);
  });

  it('buffers messages until there is a listener', async () => {
    const { socket, peer } = createFakeSocket();
    await peer.send('early');
    expect(socket.received).toEqual([]);
    const received: unknown[] = [];
    socket.onMessage((message) => void received.push(message));
    expect(received).toEqual(['early']);
  });

  it('notifies both ends of a close once, with code and reason', async () => {
    const { socket, peer } = createFakeSocket();
    const closed: string[] = [];
    socket.onClose((code, reason) => void closed.push(`socket ${code} ${reason}`));
    peer.onClose((code, reason) => void closed.push(`peer ${code} ${reason}`));
    peer.close(1001, 'going');
    peer.close(1000);
    await Promise.resolve();
    expect(closed.toSorted()).toEqual(['peer 1001 going', 'socket 1001 going']);
    expect(socket.closing).toEqual({ code: 1001, reason: 'going' });
  });

  it('closes with 1006 when the connection breaks', () => {
    const { socket, peer } = createFakeSocket();
    peer.cut();
    expect(socket.closing?.code).toBe(1006);
  });

  it('rejects a send after the close', async () => {
    const { socket } = createFakeSocket();
    socket.close();
    await expect(socket.send('x')).rejects.toThrow('the socket is closed');
  });

  it('throws on incorrect use', () => {
    const { socket } = createFakeSocket();
    socket.onMessage(() => {});
    socket.onClose(() => {});
    expect(() => socket.onMessage(() => {})).toThrow('already has a listener');
    expect(() => socket.onClose(() => {})).toThrow('already has a listener');
    expect(() => socket.close(1006)).toThrow('must not be sent');
    expect(() => socket.close(1000, 'x'.repeat(124))).toThrow('123 bytes');
  });
});
