/**
 * Scrolls a transcript automatically: to its end during a live call, to the current line during playback. Stops when
 * the user scrolls away.
 */
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import type { Line, Party } from './call-timeline.ts';

interface AutoScrollOptions {
  readonly lines: readonly Line[];
  readonly partials: ReadonlyMap<Party, Line>;
  readonly isLive: boolean;
  /** The line to follow, unless the call is live. */
  readonly currentId: string | undefined;
}

interface AutoScroll {
  readonly log: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  /** Whether there is a current line, but the user scrolled away from it. */
  readonly isPaused: boolean;
  readonly resume: () => void;
}

/** The distance from the end within which a live transcript keeps following, px. */
const NEAR_END_PX = 60;
/** A larger deviation from the position that was set means that the user scrolled, px. */
const TOLERANCE_PX = 2;

export function useAutoScroll({ lines, partials, isLive, currentId }: AutoScrollOptions): AutoScroll {
  const log = useRef<HTMLDivElement>(null);
  const lastScrollTop = useRef(0);
  const [isFollowing, setFollowing] = useState(true);

  const scroll = useCallback((): void => {
    const element = log.current;
    // A size may be reported after the page was left, before the observer is disconnected.
    if (!element) return;
    const line = element.querySelector<HTMLElement>('[aria-current="true"]');
    if (isLive) element.scrollTop = element.scrollHeight;
    else if (line) element.scrollTop = scrollTopFor(element, line);
    lastScrollTop.current = element.scrollTop;
  }, [isLive]);

  useEffect(() => {
    if (isFollowing) scroll();
  }, [scroll, isFollowing, lines, partials, currentId]);

  // The browser changes the scroll position when the element is resized.
  useEffect(() => {
    const size = new ResizeObserver(() => isFollowing && scroll());
    size.observe(log.current!);
    return () => size.disconnect();
  }, [scroll, isFollowing]);

  return {
    log,
    onScroll() {
      const { scrollTop, scrollHeight, clientHeight } = log.current!;
      if (isLive) setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_END_PX);
      else if (Math.abs(scrollTop - lastScrollTop.current) > TOLERANCE_PX) setFollowing(false);
    },
    isPaused: !isLive && !isFollowing && currentId !== undefined,
    resume() {
      setFollowing(true);
      scroll();
    },
  };
}

/** The scroll position at which a line is visible: unchanged if it is, else with a third of the view above it. */
function scrollTopFor(element: HTMLElement, line: HTMLElement): number {
  const view = element.getBoundingClientRect();
  const { top, bottom } = line.getBoundingClientRect();
  if (top >= view.top && bottom <= view.bottom) return element.scrollTop;
  return element.scrollTop + top - view.top - view.height / 3;
}
