/**
 * Holds back the messages of a new agent until Vobiz has cleared the audio of the previous one: audio that is sent before
 * `clearedAudio` can be dropped with it.
 */

/** Largest number of characters that are held; further messages are dropped. */
export const MAX_HELD_CHARACTERS = 4 * 1024 * 1024;

export interface HeldMessages {
  /** Holds a message back, drops it if too much is held, or leaves it to the caller if nothing is held at present. */
  add(message: string): 'held' | 'dropped' | 'not holding';
  /** Holds messages back until `cleared` resolves, then passes them to `release` in order. */
  holdUntil(cleared: Promise<void>, release: (message: string) => void): void;
}

/** Creates an instance that holds nothing. */
export function createHeldMessages(): HeldMessages {
  let held: string[] | undefined;
  let characters = 0;
  /** The last wait: a further handoff replaces an earlier one. */
  let current = 0;

  function finish(wait: number, release: (message: string) => void): void {
    if (wait !== current) return;
    const messages = held ?? [];
    held = undefined;
    for (const message of messages) release(message);
  }

  return {
    add(message) {
      if (!held) return 'not holding';
      if (characters + message.length > MAX_HELD_CHARACTERS) return 'dropped';
      characters += message.length;
      held.push(message);
      return 'held';
    },
    holdUntil(cleared, release) {
      const wait = ++current;
      held = [];
      characters = 0;
      void cleared.then(() => finish(wait, release));
    },
  };
}
