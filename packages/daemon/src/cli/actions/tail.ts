/** `sidetone tail`: shows what happens in live calls, until Ctrl-C or the end of the call. */
import { setTimeout as wait } from 'node:timers/promises';
import { createDaemonClient } from '../frame/daemon-client.ts';
import { untilInterrupted } from '../frame/interruption.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput } from '../frame/output.ts';
import { levelsOf, lineOf, type TailEvent, type TailLevels } from '../tail/event-line.ts';
import { follow } from '../tail/follow.ts';

export interface TailOptions extends OutputOptions {
  readonly url: string;
  readonly call?: string;
  /** Continue after the event with this cursor. */
  readonly after?: string;
}

/** Clears the current line of a terminal. */
const CLEAR_LINE = '\r\u001b[K';
/** The fields of a JSON line that are not about the event itself. */
type JsonLine = Omit<TailEvent, 'call'> & { readonly callId: string };

/** @throws {FaultError} an error of the daemon that a repetition does not overcome. */
export async function tail(options: TailOptions): Promise<void> {
  await untilInterrupted((signal) => run(options, signal));
}

/** Exported for tests. */
export async function run(options: TailOptions, signal: AbortSignal): Promise<void> {
  const { url, call: callId } = options;
  const token = process.env['SIDETONE_TOKEN'];
  const output = createOutput(options);
  const after = options.after ?? (await latestCursor(url));
  const isLive = !options.json && !options.quiet && process.stdout.isTTY;
  const status = statusLine(isLive);
  const delay = (ms: number): Promise<void> => wait(ms, undefined, { signal }).catch(() => undefined);
  await follow({
    url,
    token,
    callId,
    after,
    signal,
    async onEvent(event) {
      status.clear();
      await output.result(jsonOf(event), lineOf(event));
      status.draw();
      return callId === undefined || event.type !== 'CALL_ENDED';
    },
    onLevels: isLive ? (levels) => status.update(levels) : undefined,
    onRetry(reason, delayMs) {
      status.clear();
      output.info(`connection lost (${reason}), retrying in ${delayMs / 1000} s`);
    },
    delay,
  });
  status.clear();
  signal.throwIfAborted();
}

async function latestCursor(url: string): Promise<string> {
  const { latestCursor: cursor } = await createDaemonClient({ url }).query<{ latestCursor: string }>(
    '{ latestCursor }',
  );
  return cursor;
}

const jsonOf = ({ call, ...event }: TailEvent): JsonLine => ({ ...event, callId: call.id });

/** The levels in the last line of a terminal, below the events. */
function statusLine(isLive: boolean): { clear(): void; draw(): void; update(levels: TailLevels): void } {
  let text = '';
  const write = (line: string): void => {
    if (isLive) process.stdout.write(line);
  };
  const draw = (): void => write(`${CLEAR_LINE}${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  return {
    clear: () => write(CLEAR_LINE),
    draw,
    update(levels) {
      text = levelsOf(levels);
      draw();
    },
  };
}
