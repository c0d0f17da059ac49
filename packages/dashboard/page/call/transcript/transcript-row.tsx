/** A line of the transcript, with its time, its confidence and a link. It renders again only when it changes. */
import { memo, type Ref } from 'react';
import { CopyButton } from '../../ui/clipboard/copy-button.tsx';
import { durationText } from '../../ui/format.ts';
import { PARTY_LABELS } from '../../ui/labels.ts';
import { Text } from '../../ui/text/text.tsx';
import type { Line, Party } from '../call-timeline.ts';

/** The transcriber was not sure of lines below this confidence. */
const LOW_CONFIDENCE = 0.6;
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent' });

interface TranscriptRowProps {
  readonly line: Line;
  readonly index: number;
  readonly fromMs: number;
  readonly isFirst: boolean;
  /** Whether it is playing, or a link leads to it. */
  readonly isCurrent: boolean;
  /** Whether it is the only line in the tab order. */
  readonly isTabStop: boolean;
  /** Called when the line is selected. If undefined, lines are not buttons. */
  readonly onLine: ((id: string) => void) | undefined;
  /** The address of a line of this call. */
  readonly linkTo: (id: string) => string;
  readonly measure?: Ref<HTMLDivElement>;
}

export const TranscriptRow = memo(function TranscriptRow(props: TranscriptRowProps) {
  const { line, index, fromMs, isFirst, isCurrent, isTabStop, onLine, linkTo, measure } = props;
  const { id, party, text, addedBy } = line;
  return (
    <div
      ref={measure}
      className="turn"
      data-index={index}
      data-line={id}
      data-party={party}
      data-first={isFirst || undefined}
    >
      {isFirst && <TurnHeader party={party} addedBy={addedBy} time={durationText(fromMs)} />}
      <div className="row">
        {onLine ? (
          <button
            type="button"
            className="line line-button"
            dir="auto"
            aria-current={isCurrent}
            tabIndex={isTabStop ? 0 : -1}
            onClick={() => onLine(id)}
          >
            {text}
          </button>
        ) : (
          <Text as="p" className="line" aria-current={isCurrent || undefined}>
            {text}
          </Text>
        )}
        <LineTools line={line} fromMs={fromMs} link={linkTo(id)} tabIndex={isTabStop ? 0 : -1} />
      </div>
    </div>
  );
});

interface TurnHeaderProps {
  readonly party: Party;
  readonly addedBy: string | null;
  /** The time of a line; what the speaker is doing, of a partial. */
  readonly time: string;
}

export function TurnHeader({ party, addedBy, time }: TurnHeaderProps) {
  return (
    <p className="turn-header">
      <span className="party-name" data-party={party}>
        {PARTY_LABELS[party]}
      </span>
      <span className="faint">{time}</span>
      {addedBy !== null && <span className="faint">added by {addedBy}</span>}
    </p>
  );
}

interface LineToolsProps {
  readonly line: Line;
  readonly fromMs: number;
  readonly link: string;
  readonly tabIndex: number;
}

/** Shown beside a line under the pointer or with the focus; screen readers find it after the line. */
function LineTools({ line: { confidence, at }, fromMs, link, tabIndex }: LineToolsProps) {
  return (
    // New lines are announced, but not their times and buttons.
    <span className="line-tools" aria-live="off">
      {confidence !== null && (
        <span
          className="line-confidence"
          data-low={confidence < LOW_CONFIDENCE || undefined}
          title="How certain the transcriber was"
        >
          {PERCENT.format(confidence)}
          <span className="visually-hidden"> certain</span>
        </span>
      )}
      <time dateTime={at} title={new Date(at).toLocaleString()}>
        {durationText(fromMs)}
      </time>
      <CopyButton className="line-link" text={link} label="Link" what="to this line" tabIndex={tabIndex} />
    </span>
  );
}
