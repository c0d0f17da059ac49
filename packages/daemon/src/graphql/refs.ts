/** Every type of the schema by name, with what stands behind it; the other modules say what its fields are. */
import type { Assistant, Call, CallEnd, CallRecord, Failure, Money } from '@sidetone/core';
import type { Backfill } from '../app/backfill.ts';
import type { CommandOutcome } from '../app/commands.ts';
import type {
  LevelsItem,
  PartyLevel,
  ProviderView,
  StoredCommand,
  StoredStream,
  StoredUtterance,
} from '../app/ports.ts';
import type { Builder } from './builder.ts';
import { addConnection, addPageInfo, type PageInfo } from './paging.ts';

/** An utterance as it is shown: a final with its place in the log, or a partial without. */
export type ShownUtterance = Omit<StoredUtterance, 'position' | 'orderMs'> &
  Partial<Pick<StoredUtterance, 'position' | 'orderMs'>>;

/** A page of a call's events: read forward only, from a cursor of the log. */
export interface EventPage {
  readonly rows: readonly CallRecord[];
  readonly info: PageInfo;
}

export type Refs = ReturnType<typeof createRefs>;

export function createRefs(builder: Builder) {
  const CallRef = builder.objectRef<Call>('Call');
  const UtteranceRef = builder.objectRef<ShownUtterance>('Utterance');
  const CommandRef = builder.objectRef<StoredCommand>('Command');
  const PageInfo = addPageInfo(builder);

  return {
    Node: builder.interfaceRef<object>('Node'),
    Call: CallRef,
    CallEnd: builder.objectRef<CallEnd>('CallEnd'),
    Assistant: builder.objectRef<Assistant>('Assistant'),
    Money: builder.objectRef<Money>('Money'),
    PartyLevel: builder.objectRef<PartyLevel>('PartyLevel'),
    MediaStream: builder.objectRef<StoredStream>('MediaStream'),
    Utterance: UtteranceRef,
    Provider: builder.objectRef<ProviderView>('Provider'),
    Command: CommandRef,
    Failure: builder.objectRef<Failure>('Failure'),
    CommandPayload: builder.objectRef<CommandOutcome>('CommandPayload'),
    Backfill: builder.objectRef<Backfill>('Backfill'),
    CallEvent: builder.interfaceRef<CallRecord>('CallEvent'),
    CallEventEdge: builder.objectRef<CallRecord>('CallEventEdge'),
    CallEventConnection: builder.objectRef<EventPage>('CallEventConnection'),
    TranscriptUpdate: builder.objectRef<ShownUtterance>('TranscriptUpdate'),
    AudioLevels: builder.objectRef<LevelsItem>('AudioLevels'),
    CallLevels: builder.objectRef<LevelsItem['calls'][number]>('CallLevels'),
    PageInfo,
    CallConnection: addConnection(builder, PageInfo, {
      name: 'Call',
      node: CallRef,
      placeOf: (call) => ({ key: call.createdAt, id: call.id }),
      isCounted: true,
    }),
    UtteranceConnection: addConnection(builder, PageInfo, {
      name: 'Utterance',
      node: UtteranceRef,
      placeOf: ({ orderMs, utterance }) => ({ key: orderMs ?? 0, id: utterance.id }),
      isCounted: true,
    }),
    CommandConnection: addConnection(builder, PageInfo, {
      name: 'Command',
      node: CommandRef,
      placeOf: ({ command }) => ({ key: command.requestedAt, id: command.id }),
      isCounted: false,
    }),
  };
}
