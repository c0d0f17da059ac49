/** Detects code that uses the timers or the network of the process instead of the host. */

/** Globals for which the host has a replacement. */
const WATCHED = ['setTimeout', 'setInterval', 'fetch', 'WebSocket'] as const;

/** A running watch. The caller ends it. */
export interface GlobalsWatch {
  /** Names of the globals that were used, without duplicates. */
  readonly used: readonly string[];
  /** Restores the globals. */
  end(): void;
}

/** Replaces the watched globals by proxies until the watch ends. Only one watch can run at a time. */
export function watchGlobals(): GlobalsWatch {
  const used = new Set<string>();
  const restores: (() => void)[] = [];

  function watch(target: object, name: string, title: string): void {
    const original = Object.getOwnPropertyDescriptor(target, name);
    const value: unknown = Reflect.get(target, name);
    if (!original || typeof value !== 'function') return;
    const watched = new Proxy(value, {
      apply(call, self, args) {
        used.add(title);
        return Reflect.apply(call, self, args) as unknown;
      },
      construct(constructor, args) {
        used.add(title);
        return Reflect.construct(constructor, args) as object;
      },
    });
    Object.defineProperty(target, name, { configurable: true, writable: true, value: watched });
    restores.push(() => Object.defineProperty(target, name, original));
  }

  for (const name of WATCHED) watch(globalThis, name, name);
  watch(AbortSignal, 'timeout', 'AbortSignal.timeout');

  return {
    get used() {
      return [...used];
    },
    end() {
      for (const restore of restores.splice(0)) restore();
    },
  };
}
