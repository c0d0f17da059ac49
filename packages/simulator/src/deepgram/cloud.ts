import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { withDials } from '../behaviour.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { SpeechLibrary } from '../speech/library.ts';
import { DEEPGRAM_BEHAVIOUR } from './behaviour.ts';
import type { DeepgramBehaviour } from './behaviour.ts';
import { createDoorway } from './connection/upgrade-handler.ts';
import { createPhraseBook } from './recogniser/phrase-index.ts';
import type { Phrase } from './recogniser/phrase-index.ts';
import { answerRest } from './rest.ts';
import { createSession } from './session.ts';
import type { Session } from './session.ts';
import type { DeepgramSessionState } from './session-state.ts';

/** How many sockets that are closed are remembered. */
export const MAX_REMEMBERED_SESSIONS = 1_000;

/** What the fake Deepgram needs. */
export interface DeepgramCloudDeps {
  readonly speech: SpeechLibrary;
  readonly apiKey: string;
  readonly behaviour: Partial<DeepgramBehaviour>;
}

/** The fake Deepgram. Whoever creates it closes it. */
export interface DeepgramCloud {
  /** Every socket that is remembered, oldest first. */
  sessions(): DeepgramSessionState[];
  /** Changes dials, also for sockets that are open. Throws a `RangeError` for an unknown one. */
  dial(dials: object): void;
  /** Breaks the connection of one socket, or of all. Returns how many were open. */
  cut(id?: string): number;
  /** `path` comes without the base's own path. */
  rest(request: HttpRequest, path: string): HttpReply;
  upgrade(request: IncomingMessage, path: string, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** A Deepgram to which nobody speaks. */
export function createDeepgramCloud({ speech, apiKey, behaviour }: DeepgramCloudDeps): DeepgramCloud {
  let dials = withDials(DEEPGRAM_BEHAVIOUR, behaviour);
  let sessions: Session[] = [];
  // Only who is listened to needs the book, and making it takes a moment.
  let book: readonly Phrase[] | undefined;
  let opened = 0;
  let refused = 0;
  let emptied = 0;

  const doorway = createDoorway({
    apiKey,
    dials: () => dials,
    openSockets: () => sessions.filter(({ isOpen }) => isOpen).length,
    isTurnedAway() {
      refused += 1;
      return refused <= dials.listenRefused;
    },
    onGuest(guest) {
      book ??= createPhraseBook(speech.recordings);
      opened += 1;
      const { faultySockets } = dials;
      const isFaulty = faultySockets === 0 || opened <= faultySockets;
      const session = createSession({ ...guest, book, isFaulty, dials: () => dials, losesWords });
      sessions = [...forgetOld(sessions), session];
    },
  });
  const losesWords = (): boolean => {
    emptied += 1;
    return emptied <= dials.emptyFinals;
  };

  return {
    sessions: () => sessions.map((session) => session.state()),
    dial(changes) {
      dials = withDials(dials, changes);
      if ('faultySockets' in changes) opened = 0;
      if ('listenRefused' in changes) refused = 0;
      if ('emptyFinals' in changes) emptied = 0;
    },
    cut(id) {
      const cut = sessions.filter(
        (session) => session.isOpen && (id === undefined || session.state().id === id),
      );
      for (const session of cut) session.cut();
      return cut.length;
    },
    rest: (request, path) => answerRest(request, path, apiKey),
    upgrade: doorway.upgrade,
    close() {
      for (const session of sessions) session.cut();
      doorway.close();
    },
  };
}

function forgetOld(sessions: readonly Session[]): readonly Session[] {
  const closed = sessions.filter(({ isOpen }) => !isOpen);
  const tooMany = new Set(closed.slice(0, Math.max(0, closed.length - MAX_REMEMBERED_SESSIONS)));
  return sessions.filter((session) => !tooMany.has(session));
}
