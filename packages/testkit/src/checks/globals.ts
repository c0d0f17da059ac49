/** Notices when code reaches for the time or the network of the process instead of its host's. */

/** The globals that a plugin has a substitute for in its host. */
const WATCHED = ['setTimeout', 'setInterval', 'fetch', 'WebSocket'] as const;

/** A watch that runs. Whoever began it ends it. */
export interface GlobalsWatch {
  /** The names of those that were used, each once. */
  readonly used: readonly string[];
  /** Puts everything back. */
  end(): void;
}

/** Watches until it is ended. One watch at a time. */
export function watchGlobals(): GlobalsWatch {
  const used = new Set<string>();
  const restored: (() => void)[] = [];

  function watch(target: object, name: string, title: string): void {
    const original = Object.getOwnPropertyDescriptor(target, name);
    const value: unknown = Reflect.get(target, name);
    if (!original || typeof value !== 'function') return;
    const watched = new Proxy(value, {
      apply(call, self, args) {
        used.add(title);
        return Reflect.apply(call, self, args) as unknown;
      },
      construct(made, args) {
        used.add(title);
        return Reflect.construct(made, args) as object;
      },
    });
    Object.defineProperty(target, name, { configurable: true, writable: true, value: watched });
    restored.push(() => Object.defineProperty(target, name, original));
  }

  for (const name of WATCHED) watch(globalThis, name, name);
  watch(AbortSignal, 'timeout', 'AbortSignal.timeout');

  return {
    get used() {
      return [...used];
    },
    end() {
      for (const restore of restored.splice(0)) restore();
    },
  };
}
