/** Handles decoded messages, from webhooks and transport sockets: translates each to events and publishes them. */
import type { CommandId, ProviderCallId, ProviderHost } from '@sidetone/core';
import type { CallPublisher } from '../calls/call-publisher.ts';
import type { LiveCalls } from '../calls/live-calls.ts';
import type { CallLookup } from '../rest/call-lookup.ts';
import { baseOf, translate } from '../translate.ts';
import type { VapiMessage } from '../wire.ts';
import type { Channel, ChannelFilter } from './channel-filter.ts';
import type { Confirmations } from './confirmations.ts';
import type { HistoryTranscript } from './history-transcript.ts';

interface MessageReceiverDeps {
  readonly host: Pick<ProviderHost, 'emit' | 'clock' | 'log' | 'state'>;
  readonly calls: Pick<LiveCalls, 'known' | 'isDescribed' | 'read' | 'noteText'>;
  readonly publisher: Pick<CallPublisher, 'publish'>;
  readonly lookup: Pick<CallLookup, 'start'>;
  readonly filter: Pick<ChannelFilter, 'accepts'>;
  readonly confirmations: Pick<Confirmations, 'confirmedByHistory' | 'confirmedBySpeech'>;
  readonly historyTranscript: HistoryTranscript;
  /** Whether an application answers the messages that Vapi waits for. */
  readonly hasApplication: boolean;
  readonly stopped: AbortSignal;
}

export interface MessageReceiver {
  /** Handles a message. Resolves once its events are emitted and the state is stored; never rejects. */
  receive(channel: Channel, message: VapiMessage, receivedAt: number): Promise<void>;
}

export function createMessageReceiver(deps: MessageReceiverDeps): MessageReceiver {
  const { host, calls, confirmations } = deps;
  const isShared = host.state.isShared === true;

  function confirm(callId: ProviderCallId, commandIds: readonly CommandId[], occurredAt: number): void {
    for (const commandId of commandIds) {
      host.emit({
        type: 'command.confirmed',
        providerCallId: callId,
        occurredAt,
        dedupeKey: `confirmed:${commandId}`,
        commandId,
      });
    }
  }

  /** Confirms earlier commands whose effect a message shows. */
  function confirmCommands(callId: ProviderCallId, message: VapiMessage): void {
    if (deps.stopped.aborted || !calls.known(callId).isKnown) return;
    const now = host.clock.now();
    if (message.type === 'conversation-update') {
      const confirmed = confirmations.confirmedByHistory(callId, message.history, host.clock.elapsed());
      confirm(callId, confirmed, message.timestamp ?? now);
    }
    if (message.type === 'assistant.speechStarted' && message.source === 'force-say') {
      confirm(callId, confirmations.confirmedBySpeech(callId, message.text), message.timestamp ?? now);
    }
  }

  /** Webhooks of a call whose state is being read: they stay in their order. */
  const reading = new Map<ProviderCallId, Promise<void>>();

  /** Runs a task after what other nodes know of the call was read. */
  async function afterRead(callId: ProviderCallId, task: () => Promise<void>): Promise<void> {
    const read = (reading.get(callId) ?? Promise.resolve()).then(() => deps.calls.read(callId));
    reading.set(callId, read);
    await read;
    if (reading.get(callId) === read) reading.delete(callId);
    await task();
  }

  async function handle(callId: ProviderCallId, message: VapiMessage, receivedAt: number): Promise<void> {
    const known = calls.known(callId);
    const context = { receivedAt, known, hasApplication: deps.hasApplication };
    const events = deps.historyTranscript.complete(
      translate(message, context),
      message,
      baseOf(callId, message, receivedAt),
      known,
    );
    if (isShared) calls.noteText(callId, deps.historyTranscript.textOf(callId));
    // A late message without events must not make an unknown call live.
    if (events.length > 0 || (message.call && known.isKnown)) {
      await deps.publisher.publish(callId, events, message.call);
    }
    if (known.status !== 'ENDED') confirmCommands(callId, message);
    const isIdOnly = known.isKnown !== true && message.type === 'other';
    if (isIdOnly || !calls.isDescribed(callId)) deps.lookup.start(callId);
  }

  return {
    async receive(channel, message, receivedAt) {
      if (message.type === 'other') {
        host.log.debug('message ignored: unknown type', { type: message.name });
      }
      const callId = message.callId as ProviderCallId | undefined;
      if (callId === undefined || !deps.filter.accepts(callId, channel, message.type)) return;
      // The messages of a socket all arrive at this node.
      if (isShared && channel === 'webhook')
        await afterRead(callId, () => handle(callId, message, receivedAt));
      else await handle(callId, message, receivedAt);
    },
  };
}
