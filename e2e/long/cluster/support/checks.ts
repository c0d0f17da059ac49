/** What must hold after nodes were killed, paused and cut off. Each check returns one line for each violation, none if all is well. */

/** The most violations that are listed of a kind: one error can have thousands. */
const MAX_LISTED = 10;

const listed = (what: string, items: readonly string[]): string[] =>
  items.length === 0
    ? []
    : [
        `${items.length} ${what}: ${items.slice(0, MAX_LISTED).join(', ')}${items.length > MAX_LISTED ? ', …' : ''}`,
      ];

function repeatedIn(items: readonly string[]): string[] {
  const seen = new Set<string>();
  return items.filter((item) => seen.size === seen.add(item).size);
}

/** A subscriber receives the whole log, in its order, each event once. */
export function checkSequence(received: readonly string[], log: readonly string[]): string[] {
  const got = new Set(received);
  const known = new Set(log);
  const index = new Map(log.map((item, at) => [item, at]));
  const places = received.filter((item) => known.has(item));
  return [
    ...listed('events received twice', repeatedIn(received)),
    ...listed(
      'events missed',
      log.filter((item) => !got.has(item)),
    ),
    ...listed(
      'events received that are not in the log',
      received.filter((item) => !known.has(item)),
    ),
    ...listed(
      'events received out of order',
      places.filter((item, at) => at > 0 && index.get(item)! < index.get(places[at - 1]!)!),
    ),
  ];
}

/** Every webhook that was acknowledged is stored, and none is stored twice. */
export function checkStored(acknowledged: Iterable<string>, stored: readonly string[]): string[] {
  const known = new Set(stored);
  return [
    ...listed(
      'acknowledged and not stored',
      [...acknowledged].filter((item) => !known.has(item)),
    ),
    ...listed('stored twice', repeatedIn(stored)),
  ];
}

export type CommandStatus = 'REQUESTED' | 'ACCEPTED' | 'CONFIRMED' | 'REFUSED' | 'UNKNOWN';

export interface CommandReport {
  readonly commandId: string;
  readonly status: CommandStatus;
  /** The message to add; each test command has another one. Of all commands, no event of a call but that of the provider confirms these. */
  readonly text: string;
}

/** What a sender was answered last. */
export type CommandAnswer = Exclude<CommandStatus, 'REQUESTED'>;

/** What the provider executed: how often each text. */
export type Executions = ReadonlyMap<string, number>;

/** Whether a command of a status may have been executed by the provider, and must have been. */
const TRUTH = {
  REQUESTED: { may: true, must: false },
  ACCEPTED: { may: true, must: true },
  CONFIRMED: { may: true, must: true },
  REFUSED: { may: false, must: false },
  UNKNOWN: { may: true, must: false },
} satisfies Record<CommandStatus, { readonly may: boolean; readonly must: boolean }>;

/**
 * What is stored about the commands is true, and nothing was executed twice. @param answers what the senders received: the status
 * for a text; an answer must not contradict what the provider did, and every command that was answered is stored
 */
export function checkCommands(
  stored: readonly CommandReport[],
  executions: Executions,
  answers: ReadonlyMap<string, CommandAnswer>,
): string[] {
  const name = ({ commandId, text, status }: CommandReport): string => `${text} (${commandId}, ${status})`;
  const texts = new Set(stored.map(({ text }) => text));
  const lies = (text: string, status: CommandStatus): boolean => {
    const isExecuted = (executions.get(text) ?? 0) > 0;
    return isExecuted ? !TRUTH[status].may : TRUTH[status].must;
  };
  return [
    ...listed(
      'executed twice',
      [...executions].filter(([, times]) => times > 1).map(([text]) => text),
    ),
    ...listed(
      'executed without a stored command',
      [...executions.keys()].filter((text) => !texts.has(text)),
    ),
    ...listed('stored twice', repeatedIn(stored.map(({ text }) => text))),
    ...listed('commands without an outcome', stored.filter(({ status }) => status === 'REQUESTED').map(name)),
    ...listed(
      'commands whose status is wrong',
      stored.filter(({ text, status }) => lies(text, status)).map(name),
    ),
    ...listed(
      'wrong answers',
      [...answers]
        .filter(([text, status]) => lies(text, status))
        .map(([text, status]) => `${text} (${status})`),
    ),
    ...listed(
      'answered and not stored',
      [...answers.keys()].filter((text) => !texts.has(text)),
    ),
  ];
}
