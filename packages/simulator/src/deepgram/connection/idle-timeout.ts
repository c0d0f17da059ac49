// How long a socket may say nothing, and how long it may be without its first audio: text alone does not hold it.

/** Watches one socket. Whoever creates it closes it. */
export interface IdleTimeout {
  reset(kind: 'audio' | 'text'): void;
  close(): void;
}

/** `idleMs` is asked for at each sign of life. `onIdle` is called at most twice. */
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
