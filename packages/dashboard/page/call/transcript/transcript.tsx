/** The transcript as turns of speakers, followed by the partials. */
import type { KeyboardEvent } from 'react';
import { Button } from '../ui/button.tsx';
import { durationText } from '../ui/format.ts';
import { PARTY_LABELS } from '../ui/labels.ts';
import { Text } from '../ui/text/text.tsx';
import type { Span } from './spans.ts';
import { turnsOf, type Line, type Party, type Turn } from './call-timeline.ts';
import { useAutoScroll } from './use-auto-scroll.ts';
import './transcript.css';

interface TranscriptProps {
  readonly lines: readonly Line[];
  readonly partials: ReadonlyMap<Party, Line>;
  /** The times of `lines`, in the same order. */
  readonly spans: readonly Span[];
  readonly isLive: boolean;
  /** The line that is playing, or that a search result links to. */
  readonly currentId: string | undefined;
  /** Called when a line is selected. If undefined, lines are not buttons. */
  readonly onLine: ((id: string) => void) | undefined;
}

export function Transcript({ lines, partials, spans, isLive, currentId, onLine }: TranscriptProps) {
  const { log, onScroll, isPaused, resume } = useAutoScroll({ lines, partials, isLive, currentId });
  const startMs = new Map(spans.map(({ id, fromMs }) => [id, fromMs]));
  const select =
    onLine &&
    ((id: string) => {
      resume();
      onLine(id);
    });

  return (
    <div className="transcript-frame">
      <div
        className="transcript"
        ref={log}
        role="log"
        aria-label="Transcript"
        // Screen readers announce finals only: partials change too often.
        aria-relevant="additions"
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={moveBetweenLines}
      >
        {turnsOf(lines).map((turn) => (
          <TurnBlock
            key={turn.id}
            turn={turn}
            fromMs={startMs.get(turn.id) ?? 0}
            currentId={currentId}
            tabStopId={currentId ?? lines[0]?.id}
            onLine={select}
          />
        ))}
        <div aria-hidden="true">
          {[...partials.values()].map((line) => (
            <div key={line.party} className="turn" data-party={line.party}>
              <p className="turn-header">
                <span className="party-name" data-party={line.party}>
                  {PARTY_LABELS[line.party]}
                </span>
                <span className="faint">
                  {line.addedBy === null ? 'is speaking' : `added by ${line.addedBy}`}
                </span>
              </p>
              <Text as="p" className="line line-partial">
                {line.text}
              </Text>
            </div>
          ))}
        </div>
      </div>
      {isPaused && (
        <Button className="transcript-follow" onClick={resume}>
          Back to current line
        </Button>
      )}
    </div>
  );
}

interface TurnBlockProps extends Pick<TranscriptProps, 'currentId' | 'onLine'> {
  readonly turn: Turn;
  readonly fromMs: number;
  /** The only line in the tab order. */
  readonly tabStopId: string | undefined;
}

function TurnBlock({ turn, fromMs, currentId, tabStopId, onLine }: TurnBlockProps) {
  return (
    <div className="turn" data-party={turn.party}>
      <p className="turn-header">
        <span className="party-name" data-party={turn.party}>
          {PARTY_LABELS[turn.party]}
        </span>
        <span className="faint">{durationText(fromMs)}</span>
        {turn.addedBy !== null && <span className="faint">added by {turn.addedBy}</span>}
      </p>
      {turn.lines.map((line) =>
        onLine ? (
          <button
            key={line.id}
            type="button"
            dir="auto"
            className="line line-button"
            aria-current={line.id === currentId}
            tabIndex={line.id === tabStopId ? 0 : -1}
            onClick={() => onLine(line.id)}
          >
            {line.text}
          </button>
        ) : (
          <Text as="p" key={line.id} className="line" aria-current={line.id === currentId || undefined}>
            {line.text}
          </Text>
        ),
      )}
    </div>
  );
}

/** The index that a key moves the focus to. */
const KEY_TARGETS: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index, count) => Math.min(count - 1, index + 1),
  ArrowUp: (index) => Math.max(0, index - 1),
  Home: () => 0,
  End: (_index, count) => count - 1,
};

/** The lines are a single tab stop; the arrow keys move between them. */
function moveBetweenLines(event: KeyboardEvent<HTMLElement>): void {
  const target = KEY_TARGETS[event.key];
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>('button.line')];
  const index = lines.indexOf(event.target as HTMLElement);
  if (!target || index === -1) return;
  event.preventDefault();
  lines[target(index, lines.length)]!.focus();
}
