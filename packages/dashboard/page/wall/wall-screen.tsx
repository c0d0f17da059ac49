/** The live calls on a screen on the wall: large, without controls, in turn if more calls than fit. */
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Link, useSearch } from 'wouter';
import { AttentionBadge } from '../attention/attention-badge.tsx';
import type { Reason } from '../attention/reasons.ts';
import type { BoardCall } from '../board/board-state.ts';
import { boardHref, formatView, parseView } from '../board/view/board-view.ts';
import { filterCalls } from '../board/view/board-filter.ts';
import { useFloor } from '../board/floor.tsx';
import { useSession } from '../session/session-context.ts';
import { Elapsed } from '../ui/clock.tsx';
import { STATUS_LABELS } from '../ui/labels.ts';
import { partiesOf } from '../ui/parties.ts';
import { Text } from '../ui/text/text.tsx';
import { setTitleCount, useTitle } from '../ui/use-title.ts';
import { useWakeLock } from './use-wake-lock.ts';
import { PAGE_MS, pageOf } from './wall-pages.ts';
import './wall-screen.css';

/** The height of a row in units of the root font size, which is larger on the wall. */
const ROW_REM = 3.5;

export default function WallScreen() {
  const { store } = useFloor();
  const { connection } = useSession().api.socket;
  const { status, since } = useSyncExternalStore(connection.subscribe, connection.state);
  const board = useSyncExternalStore(store.subscribe, store.state);
  const view = parseView(useSearch());
  const list = useRef<HTMLUListElement>(null);
  const [fits, setFits] = useState(1);
  const [turn, setTurn] = useState(0);
  useWakeLock();
  useTitle('Wall screen');
  useEffect(() => setTitleCount(board.attention.size), [board.attention]);
  useEffect(() => () => setTitleCount(0), []);

  useEffect(() => {
    // Hides the frame of the pages.
    document.documentElement.dataset['wall'] = '';
    const timer = setInterval(() => setTurn((known) => known + 1), PAGE_MS);
    const measure = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setFits(Math.max(1, Math.floor((list.current?.clientHeight ?? 0) / (ROW_REM * rem))));
    };
    const size = new ResizeObserver(measure);
    size.observe(list.current!);
    return () => {
      delete document.documentElement.dataset['wall'];
      clearInterval(timer);
      size.disconnect();
    };
  }, []);

  const live = useMemo(() => [...board.calls.values()].filter(({ isLive }) => isLive), [board.calls]);
  const wanted = filterCalls(live, { ...view.filter, sort: 'attention' }, board.attention);
  const { calls, page, pages } = pageOf(wanted, fits, turn);
  return (
    <div className="wall">
      <header className="wall-head">
        <h1>
          <span className="wall-count">{board.isLoaded ? wanted.length : '–'}</span> live calls
        </h1>
        <p className="wall-attention" data-any={board.attention.size > 0}>
          <span className="wall-count">{board.attention.size}</span> need attention
        </p>
        {status !== 'live' && (
          <p className="wall-offline" role="status">
            Not live for <Elapsed since={since} />
          </p>
        )}
        {pages > 1 && (
          <p className="muted">
            {page} of {pages}
          </p>
        )}
        <Link href={boardHref(formatView(view))} className="button wall-exit">
          Leave the wall screen
        </Link>
      </header>
      <ul className="wall-list" ref={list} aria-label="Live calls">
        {calls.map((call) => (
          <WallRow key={call.id} call={call} reasons={board.attention.get(call.id)} />
        ))}
      </ul>
      {board.isLoaded && wanted.length === 0 && <p className="wall-empty">No live calls</p>}
    </div>
  );
}

function WallRow({
  call,
  reasons,
}: {
  readonly call: BoardCall;
  readonly reasons: readonly Reason[] | undefined;
}) {
  const { customer } = partiesOf(call);
  return (
    <li className="wall-row" data-attention={reasons !== undefined || undefined}>
      <Text className="clip wall-name">{customer}</Text>
      <Text className="clip">{call.provider.displayName}</Text>
      <span className="clip">{STATUS_LABELS[call.status]}</span>
      <Elapsed className="wall-time" since={Date.parse(call.answeredAt ?? call.createdAt)} />
      {reasons ? <AttentionBadge reasons={reasons} /> : <span />}
    </li>
  );
}
