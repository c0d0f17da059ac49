/**
 * Keeps in view what matters in a transcript: its end while words come, the line that is heard while it is played back.
 * Whoever scrolls away is left alone.
 */
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import type { TranscriptProps } from './transcript.tsx';

export interface AutoScroll {
  readonly log: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  /** Whether there is a line that is heard, out of sight of whoever scrolled away. */
  readonly isOff: boolean;
  readonly follow: () => void;
}

/** How far from its end it may be scrolled and still follow what comes, px. */
const NEAR_END_PX = 60;
/** How far the page may be from where we put it before it is somebody else's doing, px. */
const OURS_PX = 2;

export function useAutoScroll({
  lines,
  partials,
  isLive,
  currentId,
}: Pick<TranscriptProps, 'lines' | 'partials' | 'isLive' | 'currentId'>): AutoScroll {
  const log = useRef<HTMLDivElement>(null);
  const put = useRef(0);
  const [isFollowing, setFollowing] = useState(true);

  const show = useCallback((): void => {
    const element = log.current!;
    const line = element.querySelector<HTMLElement>('[aria-current="true"]');
    if (isLive) element.scrollTop = element.scrollHeight;
    else if (line) element.scrollTop = placeOf(element, line);
    put.current = element.scrollTop;
  }, [isLive]);

  useEffect(() => {
    if (isFollowing) show();
  }, [show, isFollowing, lines, partials, currentId]);

  // Where the page is turned or made smaller, the browser scrolls by itself.
  useEffect(() => {
    const size = new ResizeObserver(() => isFollowing && show());
    size.observe(log.current!);
    return () => size.disconnect();
  }, [show, isFollowing]);

  return {
    log,
    onScroll() {
      const { scrollTop, scrollHeight, clientHeight } = log.current!;
      if (isLive) setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_END_PX);
      else if (Math.abs(scrollTop - put.current) > OURS_PX) setFollowing(false);
    },
    isOff: !isLive && !isFollowing && currentId !== undefined,
    follow() {
      setFollowing(true);
      show();
    },
  };
}

/** Where to scroll so that a line is seen: where it is already, if it is; else with a third of the view before it. */
function placeOf(element: HTMLElement, line: HTMLElement): number {
  const view = element.getBoundingClientRect();
  const { top, bottom } = line.getBoundingClientRect();
  if (top >= view.top && bottom <= view.bottom) return element.scrollTop;
  return element.scrollTop + top - view.top - view.height / 3;
}
