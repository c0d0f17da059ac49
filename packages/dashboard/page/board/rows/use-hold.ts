/** Whether the user aims at a row: the pointer moves over the list, or the focus is in it. */
import { useCallback, useEffect, useMemo, useRef, useState, type FocusEvent, type PointerEvent } from 'react';

/** After so long without a movement of the pointer or a key, nobody aims: the order is no longer held. */
export const HOLD_MS = 60_000;
const CHECK_MS = 5000;

interface Hold {
  readonly isHeld: boolean;
  readonly handlers: {
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerLeave: () => void;
    readonly onFocus: () => void;
    readonly onBlur: (event: FocusEvent) => void;
    readonly onKeyDown: () => void;
  };
}

export function useHold(): Hold {
  const [isPointed, setPointed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const lastAt = useRef(0);
  const position = useRef('');

  const touch = useCallback(() => {
    lastAt.current = performance.now();
  }, []);

  const handlers = useMemo(
    () => ({
      onPointerMove({ pointerType, clientX, clientY }: PointerEvent) {
        // A browser also reports a movement if the rows move under a pointer that rests.
        const at = `${clientX} ${clientY}`;
        if (pointerType === 'touch' || at === position.current) return;
        position.current = at;
        touch();
        setPointed(true);
      },
      onPointerLeave: () => setPointed(false),
      onFocus() {
        touch();
        setFocused(true);
      },
      onBlur({ relatedTarget, currentTarget }: FocusEvent) {
        if (!currentTarget.contains(relatedTarget)) setFocused(false);
      },
      onKeyDown() {
        touch();
        setFocused(true);
      },
    }),
    [touch],
  );

  const isHeld = isPointed || isFocused;
  useEffect(() => {
    if (!isHeld) return undefined;
    const timer = setInterval(() => {
      if (performance.now() - lastAt.current < HOLD_MS) return;
      setPointed(false);
      setFocused(false);
    }, CHECK_MS);
    return () => clearInterval(timer);
  }, [isHeld]);

  return { isHeld, handlers };
}
