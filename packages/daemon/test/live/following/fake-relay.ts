/** Relays of nodes in one process, which deliver at once. */
import type { CallId } from '@sidetone/core';
import type { LiveRelay, RelayedKind, RelayedListener } from '../../../src/live/following/ports.ts';

type Payload = Uint8Array | string;

export interface FakeRelay extends LiveRelay {
  /** Messages that were sent, as text or as a number of bytes. */
  readonly sent: (string | number)[];
}

/** Returns a function that creates the relay of a further node. */
export function createFakeRelays(): () => FakeRelay {
  const nodes: {
    followed: Map<string, Set<RelayedListener>>;
    changed: (kind: RelayedKind, callId?: CallId) => void;
  }[] = [];
  const keyOf = (kind: RelayedKind, callId: CallId | undefined): string => `${kind} ${callId ?? ''}`;
  return () => {
    const listeners = new Set<(kind: RelayedKind, callId: CallId | undefined) => void>();
    const node = {
      followed: new Map<string, Set<RelayedListener>>(),
      changed: (kind: RelayedKind, callId?: CallId) => listeners.forEach((each) => each(kind, callId)),
    };
    nodes.push(node);
    const others = () => nodes.filter((each) => each !== node);
    const has = (kind: RelayedKind, callId?: CallId): boolean =>
      others().some(({ followed }) => followed.has(keyOf(kind, callId)));
    const sent: (string | number)[] = [];
    const deliver = (kind: RelayedKind, callId: CallId | undefined, payload: Payload): void => {
      const data = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
      sent.push(typeof payload === 'string' ? payload : payload.length);
      for (const { followed } of others())
        for (const key of new Set([keyOf(kind, callId), keyOf(kind, undefined)]))
          followed
            .get(key)
            ?.forEach((each) =>
              each(callId ?? ('-' as CallId), { data, text: () => new TextDecoder().decode(data) }),
            );
    };
    return {
      sent,
      demand: {
        hasEvery: (kind) => has(kind),
        hasCall: (kind, callId) => has(kind, callId),
        onChange(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      publisher: {
        publish(kind, callId, payload) {
          if (has(kind) || has(kind, callId)) deliver(kind, callId, payload());
        },
        publishAll(kind, payload) {
          if (has(kind)) deliver(kind, undefined, payload());
        },
      },
      subscriber: {
        follow(kind, callId, listener) {
          const key = keyOf(kind, callId);
          const followers = node.followed.get(key) ?? new Set();
          node.followed.set(key, followers.add(listener));
          for (const { changed } of others()) changed(kind, callId);
          return () => {
            if (!followers.delete(listener) || followers.size > 0) return;
            node.followed.delete(key);
            for (const { changed } of others()) changed(kind, callId);
          };
        },
      },
    };
  };
}
