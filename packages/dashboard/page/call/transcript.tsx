/** What is said, as it comes: turns of speakers, with the words that may still change at the end. */
import { Button } from '../ui/button.tsx';
import { durationText } from '../ui/format.ts';
import { PARTY_LABELS } from '../ui/labels.ts';
import { moveAmongLines } from './line-keys.ts';
import type { Span } from './spans.ts';
import { turnsOf, type Line, type Party, type Turn } from './call-timeline.ts';
import { useAutoScroll } from './use-auto-scroll.ts';
import './transcript.css';

export interface TranscriptProps {
  readonly lines: readonly Line[];
  readonly partials: ReadonlyMap<Party, Line>;
  /** When each line was said, in their order. */
  readonly spans: readonly Span[];
  /** Whether words still come. */
  readonly isLive: boolean;
  /** The line that is heard now, or was looked for. */
  readonly currentId: string | undefined;
  /** A line was chosen. Without it, lines are only read. */
  readonly onLine: ((id: string) => void) | undefined;
}

export function Transcript({ lines, partials, spans, isLive, currentId, onLine }: TranscriptProps) {
  const { log, onScroll, isOff, follow } = useAutoScroll({ lines, partials, isLive, currentId });
  const startMs = new Map(spans.map(({ id, fromMs }) => [id, fromMs]));
  const choose =
    onLine &&
    ((id: string) => {
      follow();
      onLine(id);
    });

  return (
    <div className="transcript-frame">
      <div
        className="transcript"
        ref={log}
        role="log"
        aria-label="Transcript"
        // Partials change too often to be read out; finals are.
        aria-relevant="additions"
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={moveAmongLines}
      >
        {turnsOf(lines).map((turn) => (
          <TurnBlock
            key={turn.id}
            turn={turn}
            fromMs={startMs.get(turn.id) ?? 0}
            currentId={currentId}
            stopId={currentId ?? lines[0]?.id}
            onLine={choose}
          />
        ))}
        <div aria-hidden="true">
          {[...partials.values()].map((line) => (
            <div key={line.party} className="turn" data-party={line.party}>
              <p className="turn-header">
                <span className="party-name" data-party={line.party}>
                  {PARTY_LABELS[line.party]}
                </span>
                <span className="faint">is speaking</span>
              </p>
              <p className="line line-partial">{line.text}</p>
            </div>
          ))}
        </div>
      </div>
      {isOff && (
        <Button className="transcript-follow" onClick={follow}>
          Back to what is heard
        </Button>
      )}
    </div>
  );
}

interface TurnBlockProps extends Pick<TranscriptProps, 'currentId' | 'onLine'> {
  readonly turn: Turn;
  readonly fromMs: number;
  /** The line at which the tab key stops. */
  readonly stopId: string | undefined;
}

function TurnBlock({ turn, fromMs, currentId, stopId, onLine }: TurnBlockProps) {
  return (
    <div className="turn" data-party={turn.party}>
      <p className="turn-header">
        <span className="party-name" data-party={turn.party}>
          {PARTY_LABELS[turn.party]}
        </span>
        <span className="faint">{durationText(fromMs)}</span>
      </p>
      {turn.lines.map((line) =>
        onLine ? (
          <button
            key={line.id}
            type="button"
            className="line line-button"
            aria-current={line.id === currentId}
            tabIndex={line.id === stopId ? 0 : -1}
            onClick={() => onLine(line.id)}
          >
            {line.text}
          </button>
        ) : (
          <p key={line.id} className="line" aria-current={line.id === currentId || undefined}>
            {line.text}
          </p>
        ),
      )}
    </div>
  );
}
