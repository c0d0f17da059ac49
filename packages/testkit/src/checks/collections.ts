/**
 * Counts what a plugin remembers: watches every map, set and list that is filled, and looks after a garbage collection which of
 * them are still reachable. Neither the speed nor the load of the machine changes the result.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Lists of this package, which record what a plugin does. */
const records = new WeakSet<object>();

/** Excludes a list from all watches. */
export function recordOf<Item>(list: Item[] = []): Item[] {
  records.add(list);
  return list;
}

/** A running watch. The caller ends it. */
export interface CollectionsWatch {
  /** Returns the size of the largest collection that was not collected as garbage. */
  largest(): number;
  /**
   * Lets each map and set with at least `from` entries report `by` entries more than it has. One whose size is limited then
   * drops an entry for each new one, as it would after that many calls.
   */
  inflate(from: number, by: number): void;
  /** Restores the methods. */
  end(): void;
}

type Collection = ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | readonly unknown[];

const sizeGetterOf = (target: object) => Object.getOwnPropertyDescriptor(target, 'size')!;
const MAP_SIZE = sizeGetterOf(Map.prototype);
const SET_SIZE = sizeGetterOf(Set.prototype);

/** Returns the real size. */
function sizeOf(collection: Collection): number {
  if (Array.isArray(collection)) return collection.length;
  return Reflect.apply((collection instanceof Map ? MAP_SIZE : SET_SIZE).get!, collection, []) as number;
}

const METHODS: readonly (readonly [target: object, method: string])[] = [
  [Map.prototype, 'set'],
  [Set.prototype, 'add'],
  [Array.prototype, 'push'],
  [Array.prototype, 'unshift'],
];

/** Saved before a test runner can replace it. */
const nextTurn = globalThis.setImmediate;
let collect: (() => void) | undefined;

/** Collects all garbage. */
export async function collectGarbage(): Promise<void> {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  // Objects of weak references that were read are kept until the end of the turn.
  await new Promise<void>((resolve) => nextTurn(resolve));
  collect();
}

/** Watches collections until the watch ends. Only one watch can run at a time. */
export function watchCollections(): CollectionsWatch {
  const known = new WeakSet<object>();
  const references: WeakRef<Collection>[] = [];
  let count = 0;

  const restores = METHODS.map(([target, method]) => {
    const original = Object.getOwnPropertyDescriptor(target, method)!;
    const call = original.value as (...args: unknown[]) => unknown;
    const watched = function (this: Collection, ...args: unknown[]): unknown {
      if (!known.has(this) && !records.has(this)) {
        known.add(this);
        references[count++] = new WeakRef(this);
      }
      return Reflect.apply(call, this, args);
    };
    Object.defineProperty(target, method, { ...original, value: watched });
    return () => Object.defineProperty(target, method, original);
  });

  function inflateSizes(target: object, size: PropertyDescriptor, from: number, by: number): void {
    Object.defineProperty(target, 'size', {
      ...size,
      get(this: Collection) {
        const real = sizeOf(this);
        return real >= from ? real + by : real;
      },
    });
    restores.push(() => Object.defineProperty(target, 'size', size));
  }

  return {
    largest() {
      let largest = 0;
      for (const reference of references) {
        const collection = reference.deref();
        if (collection) largest = Math.max(largest, sizeOf(collection));
      }
      return largest;
    },
    inflate(from, by) {
      inflateSizes(Map.prototype, MAP_SIZE, from, by);
      inflateSizes(Set.prototype, SET_SIZE, from, by);
    },
    end() {
      for (const restore of restores) restore();
    },
  };
}
