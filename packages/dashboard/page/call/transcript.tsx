/** What is said, as it comes: turns of speakers, with the words that may still change at the end. */
import { useEffect, useRef } from 'react';
import { clockText } from '../ui/format.ts';
import { PARTY_WORDS } from '../ui/words.ts';
import { turnsOf, type Line, type Party, type Turn } from './story.ts';
import './transcript.css';

export interface TranscriptProps {
  readonly lines: readonly Line[];
  readonly partials: ReadonlyMap<Party, Line>;
  /** When the call was answered, epoch ms: what times are told from. */
  readonly answeredAt: number;
  /** The line that is heard now, where one plays it back. */
  readonly currentId?: string | undefined;
  /** A line was chosen. Without it, lines are only read. */
  readonly onLine?: ((line: Line) => void) | undefined;
}

/** How far from its end it may be scrolled and still follow what comes, px. */
const NEAR_END_PX = 60;

export function Transcript({ lines, partials, answeredAt, currentId, onLine }: TranscriptProps) {
  const log = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  useEffect(() => {
    const element = log.current!;
    if (isFollowing.current) element.scrollTop = element.scrollHeight;
  }, [lines, partials]);

  return (
    <div
      className="transcript"
      ref={log}
      role="log"
      aria-label="Transcript"
      // Partials change too often to be read out; finals are.
      aria-relevant="additions"
      tabIndex={0}
      onScroll={({ currentTarget: at }) => {
        isFollowing.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_END_PX;
      }}
    >
      {turnsOf(lines).map((turn) => (
        <TurnBlock key={turn.id} turn={turn} answeredAt={answeredAt} currentId={currentId} onLine={onLine} />
      ))}
      <div aria-hidden="true">
        {[...partials.values()].map((line) => (
          <div key={line.party} className="turn" data-party={line.party}>
            <p className="turn-head">
              <span className="party-name" data-party={line.party}>
                {PARTY_WORDS[line.party]}
              </span>
              <span className="faint">is speaking</span>
            </p>
            <p className="line line-partial">{line.text}</p>
          </div>
        ))}
      </div>
    </div>
  );
}

/** Where in the call it was said, ms; where nobody told, when its words came. */
const offsetOf = ({ startMs, at }: Line, answeredAt: number): number =>
  startMs ?? Math.max(0, Date.parse(at) - answeredAt);

interface TurnBlockProps extends Pick<TranscriptProps, 'answeredAt' | 'currentId' | 'onLine'> {
  readonly turn: Turn;
}

function TurnBlock({ turn, answeredAt, currentId, onLine }: TurnBlockProps) {
  const first = turn.lines[0]!;
  return (
    <div className="turn" data-party={turn.party}>
      <p className="turn-head">
        <span className="party-name" data-party={turn.party}>
          {PARTY_WORDS[turn.party]}
        </span>
        <span className="faint">{clockText(offsetOf(first, answeredAt))}</span>
      </p>
      {turn.lines.map((line) =>
        onLine ? (
          <button
            key={line.id}
            type="button"
            className="line line-button"
            aria-current={line.id === currentId}
            onClick={() => onLine(line)}
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
