/** The transcript as turns of speakers, followed by the partials. */
import { memo, useCallback, useEffectEvent, useMemo, useState, type KeyboardEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { PARTY_LABELS } from '../../ui/labels.ts';
import { Text } from '../../ui/text/text.tsx';
import type { Line, Party } from '../call-timeline.ts';
import type { Span } from '../spans.ts';
import { rowsOf, WHOLE_ROWS } from './rows.ts';
import { TranscriptFind } from './transcript-find.tsx';
import { TranscriptRow, TurnHeader } from './transcript-row.tsx';
import { useAutoScroll } from './use-auto-scroll.ts';
import { WindowedRows, type RowsProps } from './windowed-rows.tsx';
import './transcript.css';

interface TranscriptProps extends Pick<RowsProps, 'linkTo'> {
  readonly lines: readonly Line[];
  readonly partials: ReadonlyMap<Party, Line>;
  /** The times of `lines`, in the same order. */
  readonly spans: readonly Span[];
  readonly isLive: boolean;
  /** The line that is playing, or that a link leads to. */
  readonly currentId: string | undefined;
  /** Called when a line is selected. If undefined, lines are not buttons. */
  readonly onLine: ((id: string) => void) | undefined;
}

export function Transcript({ lines, partials, spans, isLive, currentId, onLine, linkTo }: TranscriptProps) {
  const rows = useMemo(() => rowsOf(lines, spans), [lines, spans]);
  const isWindowed = rows.length > WHOLE_ROWS;
  const [foundId, setFoundId] = useState<string>();
  const auto = useAutoScroll({ lines, partials, isLive, currentId, isWindowed });
  const { log, isPaused, resume } = auto;

  // The same function for all renders, so that rows do not render again.
  const onSelect = useEffectEvent((id: string) => {
    resume();
    onLine?.(id);
  });
  const select = useCallback((id: string) => onSelect(id), []);
  const shared = { rows, currentId: foundId ?? currentId, onLine: onLine && select, linkTo };

  return (
    <div className="transcript-frame">
      {isWindowed && (
        <TranscriptFind
          lines={lines}
          onFound={(id) => {
            setFoundId(id);
            if (id !== undefined) auto.show(id);
          }}
        />
      )}
      <div
        className="transcript"
        ref={log}
        role="log"
        aria-label="Transcript"
        // Screen readers announce finals only: partials change too often. Rows of a long call appear by scrolling.
        aria-relevant="additions"
        aria-live={isWindowed ? 'off' : undefined}
        tabIndex={0}
        {...auto.handlers}
        onKeyDown={(event) => {
          auto.onKey(event);
          moveBetweenLines(event, rows.length, (index) => auto.show(rows[index]!.line.id));
        }}
      >
        <div ref={auto.content} className="transcript-content">
          {isWindowed ? (
            <MemoWindowedRows {...shared} scroller={log} handle={auto.rows} />
          ) : (
            <WholeRows {...shared} />
          )}
          <Partials partials={partials} />
        </div>
      </div>
      {isWindowed && isLive && <LastLine line={lines.at(-1)!} />}
      {isPaused && (
        <Button className="transcript-follow" onClick={resume}>
          Back to current line
        </Button>
      )}
    </div>
  );
}

const MemoWindowedRows = memo(WindowedRows);

/** All rows: of a call that is not long. Partials do not render them again. */
const WholeRows = memo(function WholeRows({ rows, currentId, onLine, linkTo }: RowsProps) {
  const tabStopId = currentId ?? rows[0]?.line.id;
  return rows.map(({ line, fromMs, isFirst }, index) => (
    <TranscriptRow
      key={line.id}
      line={line}
      index={index}
      fromMs={fromMs}
      isFirst={isFirst}
      isCurrent={line.id === currentId}
      isTabStop={line.id === tabStopId}
      onLine={onLine}
      linkTo={linkTo}
    />
  ));
});

/** What is being said at the moment. */
function Partials({ partials }: { readonly partials: ReadonlyMap<Party, Line> }) {
  return (
    <div className="transcript-partials" aria-hidden="true">
      {[...partials.values()].map(({ party, addedBy, text }) => (
        <div key={party} className="turn" data-party={party} data-first>
          <TurnHeader party={party} addedBy={addedBy} time="is speaking" />
          <Text as="p" className="line line-partial">
            {text}
          </Text>
        </div>
      ))}
    </div>
  );
}

/** Announces the last line of a long call, whose rows are not announced when they appear. */
function LastLine({ line: { party, text } }: { readonly line: Line }) {
  return (
    <p className="visually-hidden" aria-live="polite">
      {PARTY_LABELS[party]}: {text}
    </p>
  );
}

/** The index that a key moves the focus to. */
const KEY_TARGETS: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index, count) => Math.min(count - 1, index + 1),
  ArrowUp: (index) => Math.max(0, index - 1),
  Home: () => 0,
  End: (_index, count) => count - 1,
};
/** Frames until a distant row is in the document. */
const FOCUS_FRAMES = 10;

/** The lines are a single tab stop; the arrow keys move between them. */
function moveBetweenLines(
  event: KeyboardEvent<HTMLElement>,
  count: number,
  show: (index: number) => void,
): void {
  const target = KEY_TARGETS[event.key];
  const log = event.currentTarget;
  const line = (event.target as HTMLElement).closest<HTMLElement>('button.line');
  const row = line?.closest<HTMLElement>('[data-index]');
  if (!target || !row) return;
  event.preventDefault();
  const index = target(Number(row.dataset['index']), count);
  const focus = (frames: number): void => {
    const next = log.querySelector<HTMLElement>(`[data-index="${index}"] button.line`);
    if (next) next.focus();
    else if (frames > 0) {
      if (frames === FOCUS_FRAMES) show(index);
      requestAnimationFrame(() => focus(frames - 1));
    }
  };
  focus(FOCUS_FRAMES);
}
