/** The name and the state of a provider or transcriber, with the reason if it does not run. */
import type { EnumOf } from '../api/graphql.ts';
import { asSentence, dateTimeText } from '../ui/format.ts';
import { PROVIDER_STATE_LABELS } from './labels.ts';
import { capitalised } from './request-text.ts';

interface PluginHeadingProps {
  /** The id of the heading. */
  readonly id: string;
  readonly level: 2 | 3;
  readonly part: {
    readonly id: string;
    readonly displayName: string;
    readonly plugin: string;
    readonly state: EnumOf<'ProviderState'>;
    readonly stateSince: string | null;
    readonly stateMessage: string | null;
  };
}

export function PluginHeading({ id, level, part }: PluginHeadingProps) {
  const Heading = `h${level}` as const;
  return (
    <>
      <div className="provider-header">
        <Heading id={id} dir="auto">
          {part.displayName}
        </Heading>
        <span className="provider-state" data-state={part.state}>
          {PROVIDER_STATE_LABELS[part.state]}
        </span>
        {part.stateSince !== null && (
          <span className="muted">since {inSentence(dateTimeText(part.stateSince, Date.now()))}</span>
        )}
        <span className="faint provider-plugin">
          <code>{part.id}</code> {part.plugin}
        </span>
      </div>
      {part.stateMessage !== null && (
        <p className="provider-reason" data-state={part.state}>
          {capitalised(asSentence(part.stateMessage))}
        </p>
      )}
    </>
  );
}

/** `Today` and `Yesterday` are lower case within a sentence. */
const inSentence = (time: string): string =>
  time.replace(/^(T|Y)(?=oday|esterday)/, (first) => first.toLowerCase());
