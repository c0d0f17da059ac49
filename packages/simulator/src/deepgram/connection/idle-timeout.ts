// The timeout without messages, and the timeout until the first audio, which text does not extend.

/** The timeouts of one socket. The caller closes it. */
interface IdleTimeout {
  reset(kind: 'audio' | 'text'): void;
  close(): void;
}

/** Starts the timeouts. `idleMs` is called for each message; `onIdle` is called at most twice. */
export function createIdleTimeout(idleMs: () => number, onIdle: () => void): IdleTimeout {
  const first = setTimeout(onIdle, idleMs());
  let next: NodeJS.Timeout | undefined;
  return {
    reset(kind) {
      if (kind === 'audio') clearTimeout(first);
      clearTimeout(next);
      next = setTimeout(onIdle, idleMs());
    },
    close() {
      clearTimeout(first);
      clearTimeout(next);
    },
  };
}
