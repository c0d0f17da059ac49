import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { mergeBehaviour } from '../behaviour.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { SpeechLibrary } from '../speech/library.ts';
import { DEEPGRAM_BEHAVIOUR } from './behaviour.ts';
import type { DeepgramBehaviour } from './behaviour.ts';
import { createUpgradeHandler } from './connection/upgrade-handler.ts';
import { createFluxSession } from './flux/flux-session.ts';
import { createPhraseIndex } from './recogniser/phrase-index.ts';
import type { Phrase } from './recogniser/phrase-index.ts';
import { handleRest } from './rest.ts';
import { createSession } from './session.ts';
import type { Session } from './session.ts';
import type { DeepgramSessionState } from './session-state.ts';

/** How many closed sockets are remembered. */
const MAX_REMEMBERED_SESSIONS = 1_000;

/** The dependencies of the cloud. */
interface DeepgramCloudDeps {
  readonly speech: SpeechLibrary;
  readonly apiKey: string;
  readonly behaviour: Partial<DeepgramBehaviour>;
}

/** The simulated Deepgram. The caller closes it. */
export interface DeepgramCloud {
  /** Returns the state of every remembered socket, oldest first. */
  sessions(): DeepgramSessionState[];
  /** Changes the behaviour immediately, also of open sockets. @throws {RangeError} for an unknown option */
  setBehaviour(changes: object): void;
  /** Breaks the connection of one socket, or of all. Returns how many were open. */
  cut(id?: string): number;
  /** Handles a REST request. `path` is relative to the base path. */
  rest(request: HttpRequest, path: string): HttpReply;
  upgrade(request: IncomingMessage, path: string, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** Creates a Deepgram without sockets. */
export function createDeepgramCloud({ speech, apiKey, ...deps }: DeepgramCloudDeps): DeepgramCloud {
  let behaviour = mergeBehaviour(DEEPGRAM_BEHAVIOUR, deps.behaviour);
  let sessions: Session[] = [];
  // Created for the first socket, because it takes a moment.
  let phrases: readonly Phrase[] | undefined;
  let openedCount = 0;
  let rejectedCount = 0;
  let emptiedCount = 0;

  const upgrades = createUpgradeHandler({
    apiKey,
    behaviour: () => behaviour,
    openSockets: () => sessions.filter(({ isOpen }) => isOpen).length,
    shouldReject() {
      rejectedCount += 1;
      return rejectedCount <= behaviour.listenRefused;
    },
    onConnection(connection) {
      phrases ??= createPhraseIndex(speech.recordings);
      openedCount += 1;
      const { faultySockets } = behaviour;
      const isFaulty = faultySockets === 0 || openedCount <= faultySockets;
      const { query, ...accepted } = connection;
      const deps = { ...accepted, phrases, isFaulty, behaviour: () => behaviour, dropsText };
      const session =
        'turns' in query ? createFluxSession({ ...deps, query }) : createSession({ ...deps, query });
      sessions = [...dropOldest(sessions), session];
    },
  });
  const dropsText = (): boolean => {
    emptiedCount += 1;
    return emptiedCount <= behaviour.emptyFinals;
  };

  return {
    sessions: () => sessions.map((session) => session.state()),
    setBehaviour(changes) {
      behaviour = mergeBehaviour(behaviour, changes);
      if ('faultySockets' in changes) openedCount = 0;
      if ('listenRefused' in changes) rejectedCount = 0;
      if ('emptyFinals' in changes) emptiedCount = 0;
    },
    cut(id) {
      const cut = sessions.filter(
        (session) => session.isOpen && (id === undefined || session.state().id === id),
      );
      for (const session of cut) session.cut();
      return cut.length;
    },
    rest: (request, path) => handleRest(request, path, apiKey),
    upgrade: upgrades.upgrade,
    close() {
      for (const session of sessions) session.cut();
      upgrades.close();
    },
  };
}

function dropOldest(sessions: readonly Session[]): readonly Session[] {
  const closed = sessions.filter(({ isOpen }) => !isOpen);
  const tooMany = new Set(closed.slice(0, Math.max(0, closed.length - MAX_REMEMBERED_SESSIONS)));
  return sessions.filter((session) => !tooMany.has(session));
}
