/** The events and commands of a call, newest first. */
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { durationText } from '../ui/format.ts';
import { CommandFailure, CommandSteps } from './controls/command-progress.tsx';
import { Text } from '../ui/text/text.tsx';
import { commandDetail, COMMAND_LABELS } from './controls/command-labels.ts';
import { isCommand, type CommandEntry, type TimelineEntry } from './call-timeline.ts';
import { eventText } from './event-text.ts';
import './timeline.css';

interface TimelineProps {
  readonly entries: readonly TimelineEntry[];
  /** When the call was answered, epoch ms. Times are shown relative to it. */
  readonly answeredAt: number;
}

/** Entries that are shown at first. */
const SHOWN = 200;

export function Timeline({ entries, answeredAt }: TimelineProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? entries : entries.slice(-SHOWN);
  return (
    <section className="card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <ol className="timeline">
        {shown
          .toReversed()
          .map((entry) =>
            isCommand(entry) ? (
              <CommandItem key={entry.id} command={entry} answeredAt={answeredAt} />
            ) : (
              <EventItem key={entry.cursor} event={entry} answeredAt={answeredAt} />
            ),
          )}
      </ol>
      {shown.length < entries.length && (
        <Button kind="quiet" onClick={() => setWhole(true)}>
          Show {entries.length - shown.length} earlier entries
        </Button>
      )}
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
  const text = eventText(event);
  if (text === undefined) return null;
  return (
    <li className="timeline-entry">
      <EntryTime at={event.at} answeredAt={answeredAt} />
      <Text as="p">{text}</Text>
    </li>
  );
}

function CommandItem({
  command,
  answeredAt,
}: {
  readonly command: CommandEntry;
  readonly answeredAt: number;
}) {
  const { kind, arguments: args, requestedBy, status, steps, failure } = command;
  const detail = commandDetail(args);
  return (
    <li className="timeline-entry timeline-command">
      <EntryTime at={steps[0]!.at} answeredAt={answeredAt} />
      <div>
        <p>
          <strong>{COMMAND_LABELS[kind]}</strong>
          {detail !== undefined && (
            <>
              {' '}
              “<Text>{detail}</Text>”
            </>
          )}{' '}
          <span className="faint">by {requestedBy}</span>
        </p>
        <CommandSteps status={status} />
        {failure && <CommandFailure failure={failure} />}
      </div>
    </li>
  );
}

/** The time of an entry relative to the answer; negative before the answer. */
function EntryTime({ at, answeredAt }: { readonly at: string; readonly answeredAt: number }) {
  const ms = Date.parse(at) - answeredAt;
  return (
    <time className="faint" dateTime={at} title={new Date(at).toLocaleString()}>
      {ms <= -1000 && '−'}
      {durationText(Math.abs(ms))}
    </time>
  );
}
