/** What happened in a call, and what was done to it, newest first. */
import { durationText } from '../ui/format.ts';
import { CommandFailure, CommandSteps } from './controls/command-progress.tsx';
import { commandDetail, COMMAND_LABELS } from './controls/command-labels.ts';
import { isCommand, type CommandEntry, type TimelineEntry } from './call-timeline.ts';
import { wordsOf } from './event-text.ts';
import './timeline.css';

export interface TimelineProps {
  readonly entries: readonly TimelineEntry[];
  /** When the call was answered, epoch ms: what times are told from. */
  readonly answeredAt: number;
}

export function Timeline({ entries, answeredAt }: TimelineProps) {
  return (
    <section className="card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <ol className="timeline">
        {entries
          .toReversed()
          .map((entry) =>
            isCommand(entry) ? (
              <CommandEntry key={entry.id} command={entry} answeredAt={answeredAt} />
            ) : (
              <EventItem key={entry.cursor} event={entry} answeredAt={answeredAt} />
            ),
          )}
      </ol>
    </section>
  );
}

function EventItem({
  event,
  answeredAt,
}: {
  readonly event: Exclude<TimelineEntry, CommandEntry>;
  readonly answeredAt: number;
}) {
  const words = wordsOf(event);
  if (words === undefined) return null;
  return (
    <li className="timeline-entry">
      <Moment at={event.at} answeredAt={answeredAt} />
      <p>{words}</p>
    </li>
  );
}

function CommandEntry({
  command,
  answeredAt,
}: {
  readonly command: CommandEntry;
  readonly answeredAt: number;
}) {
  const { kind, arguments: args, requestedBy, status, steps, failure } = command;
  const about = commandDetail(args);
  return (
    <li className="timeline-entry timeline-command">
      <Moment at={steps[0]!.at} answeredAt={answeredAt} />
      <div>
        <p>
          <strong>{COMMAND_LABELS[kind]}</strong>
          {about !== undefined && ` “${about}”`} <span className="faint">by {requestedBy}</span>
        </p>
        <CommandSteps status={status} />
        {failure && <CommandFailure failure={failure} />}
      </div>
    </li>
  );
}

/** When it was, from the answer; before it, with a minus. */
function Moment({ at, answeredAt }: { readonly at: string; readonly answeredAt: number }) {
  const ms = Date.parse(at) - answeredAt;
  return (
    <time className="faint" dateTime={at} title={new Date(at).toLocaleString()}>
      {ms <= -1000 && '−'}
      {durationText(Math.abs(ms))}
    </time>
  );
}
