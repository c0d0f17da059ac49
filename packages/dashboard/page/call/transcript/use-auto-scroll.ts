/**
 * Scrolls a transcript automatically: to its end during a live call, to the current line during playback. Stops when
 * the user scrolls away.
 */
import { useCallback, useEffect, useRef, useState, type RefObject, type UIEvent } from 'react';
import type { Line, Party } from '../call-timeline.ts';
import type { RowsHandle } from './windowed-rows.tsx';

interface AutoScrollOptions {
  readonly lines: readonly Line[];
  readonly partials: ReadonlyMap<Party, Line>;
  readonly isLive: boolean;
  /** The line to follow, unless the call is live. */
  readonly currentId: string | undefined;
  /** Whether only some rows are in the document: their heights, and the position with them, change while they are measured. */
  readonly isWindowed: boolean;
}

interface AutoScroll {
  readonly log: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly rows: RefObject<RowsHandle | null>;
  readonly handlers: {
    readonly onScroll: (event: UIEvent) => void;
    readonly onWheel: (event: UIEvent) => void;
    readonly onTouchMove: (event: UIEvent) => void;
    readonly onPointerDown: (event: UIEvent) => void;
  };
  /** Reports a key, which may scroll. */
  readonly onKey: (event: UIEvent) => void;
  /** Whether there is a current line, but the user scrolled away from it. */
  readonly isPaused: boolean;
  readonly resume: () => void;
  /** Shows a line and stays there. */
  readonly show: (id: string) => void;
}

/** The distance from the end within which a live transcript keeps following, px. */
const NEAR_END_PX = 60;
/** A larger deviation from the position that was set means that the user scrolled, px. */
const TOLERANCE_PX = 2;
/** How long after a wheel, a touch or a key a scroll is its effect, ms. */
const INTENT_MS = 1000;
/** Frames until the rows around a distant line are measured. */
const SETTLE_FRAMES = 8;

export function useAutoScroll(options: AutoScrollOptions): AutoScroll {
  const { lines, partials, isLive, currentId, isWindowed } = options;
  const log = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const rows = useRef<RowsHandle>(null);
  const lastScrollTop = useRef(0);
  const lastIntent = useRef(-Infinity);
  const [isFollowing, setFollowing] = useState(true);

  const scrollTo = useCallback((id: string, frames = SETTLE_FRAMES): void => {
    const element = log.current;
    if (!element) return;
    const line = element.querySelector<HTMLElement>(`[data-line="${CSS.escape(id)}"] .line`);
    const offset = rows.current?.offsetOf(id);
    if (line) element.scrollTop = scrollTopFor(element, line);
    else if (offset !== undefined) element.scrollTop = offset - element.clientHeight / 3;
    lastScrollTop.current = element.scrollTop;
    if (rows.current && frames > 0) requestAnimationFrame(() => scrollTo(id, frames - 1));
  }, []);

  const scroll = useCallback((): void => {
    const element = log.current;
    // A resize can be reported while the page is left.
    if (!element) return;
    if (!isLive) return currentId === undefined ? undefined : scrollTo(currentId);
    element.scrollTop = element.scrollHeight;
    lastScrollTop.current = element.scrollTop;
  }, [isLive, currentId, scrollTo]);

  useEffect(() => {
    if (isFollowing) scroll();
  }, [scroll, isFollowing, lines, partials]);

  // The browser changes the scroll position when the element is resized, and rows are measured after they appear.
  useEffect(() => {
    const size = new ResizeObserver(() => isFollowing && scroll());
    size.observe(log.current!);
    if (isLive) size.observe(content.current!);
    return () => size.disconnect();
  }, [scroll, isFollowing, isLive]);

  const onIntent = (event: UIEvent): void => void (lastIntent.current = event.timeStamp);
  return {
    log,
    content,
    rows,
    handlers: {
      onScroll(event) {
        if (!log.current) return;
        const { scrollTop, scrollHeight, clientHeight } = log.current;
        const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
        const isUsers = !isWindowed || event.timeStamp - lastIntent.current < INTENT_MS;
        const isMoved = isLive ? !isAtEnd : Math.abs(scrollTop - lastScrollTop.current) > TOLERANCE_PX;
        if (isMoved && isUsers) setFollowing(false);
        else if (isLive && isAtEnd) setFollowing(true);
      },
      onWheel: onIntent,
      onTouchMove: onIntent,
      // The scrollbar, not a line.
      onPointerDown: (event) => event.target === event.currentTarget && onIntent(event),
    },
    onKey: onIntent,
    isPaused: !isLive && !isFollowing && currentId !== undefined,
    resume() {
      setFollowing(true);
      scroll();
    },
    show(id) {
      setFollowing(false);
      scrollTo(id);
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
