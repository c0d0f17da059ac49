/** Keeps the keyboard focus within a part of the page when the focused element disappears. */
import { useEffect, useRef, type RefObject } from 'react';

const FOCUSABLE =
  'button:not(:disabled), a[href], input:not(:disabled), textarea, select, summary, [tabindex]';

/**
 * Moves the focus from an element that was removed to the first element of its nearest ancestor that is still there, or to that
 * ancestor. Without this, the focus falls to the document, and the next Tab starts at the top of the page.
 */
export function useKeepFocus<Element extends HTMLElement>(): RefObject<Element | null> {
  const container = useRef<Element>(null);
  useEffect(() => {
    const root = container.current!;
    let path: HTMLElement[] = [];
    const remember = ({ target }: FocusEvent): void => {
      path = [];
      for (let each = target as HTMLElement | null; each && each !== root; each = each.parentElement)
        path.push(each);
    };
    // An element that is being removed loses the focus while it is still there, so its place is looked at afterwards.
    const forget = (): void => {
      const [element] = path;
      queueMicrotask(() => {
        if (element?.isConnected && path[0] === element && document.activeElement !== element) path = [];
      });
    };
    const restore = (): void => {
      if (path.length === 0 || path[0]!.isConnected) return;
      const active = document.activeElement;
      if (active && active !== document.body) return void (path = []);
      const place = path.find((each) => each.isConnected) ?? root;
      focusIn(place);
    };
    const changes = new MutationObserver(restore);
    changes.observe(root, { childList: true, subtree: true });
    root.addEventListener('focusin', remember);
    root.addEventListener('focusout', forget);
    return () => {
      changes.disconnect();
      root.removeEventListener('focusin', remember);
      root.removeEventListener('focusout', forget);
    };
  }, []);
  return container;
}

function focusIn(place: HTMLElement): void {
  const first = place.querySelector<HTMLElement>(FOCUSABLE);
  if (!first && !place.hasAttribute('tabindex')) place.tabIndex = -1;
  (first ?? place).focus();
}
