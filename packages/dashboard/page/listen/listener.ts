/** Listens to one call: the receive-only socket and the player, as a store outside React. */
import {
  CHANNEL_PARTIES,
  parseFrame,
  isPlayable,
  type ChannelParty,
  type PlayerReport,
} from './listen-protocol.ts';
import { createPlayer, type Player } from './player.ts';
import { AudioError, type UrlSource } from '../api/signed-url.ts';

export type ListenStatus = 'idle' | 'connecting' | 'playing' | 'ended' | 'failed';

interface PartyVolume {
  /** 0 to 1. */
  readonly volume: number;
  readonly isMuted: boolean;
}

interface ListenState {
  readonly status: ListenStatus;
  /** Why listening failed. */
  readonly error?: string;
  readonly volumes: Readonly<Record<ChannelParty, PartyVolume>>;
  readonly report?: PlayerReport;
  /** Audio that the daemon dropped for this listener, ms. */
  readonly lostMs: number;
}

export interface Listener {
  readonly state: () => ListenState;
  readonly subscribe: (listener: () => void) => () => void;
  start(): Promise<void>;
  stop(): void;
  setVolume(party: ChannelParty, volume: Partial<PartyVolume>): void;
}

const NO_AUDIO = 'The browser cannot play audio here. Open the dashboard over HTTPS or on localhost.';
const REFUSED =
  'The daemon rejected the connection. The call may have ended, or the limit of listeners is reached.';
const DISCONNECTED = 'The connection was lost.';
const UNSUPPORTED = 'The daemon sends an audio format that this page cannot play.';
const FULL_VOLUME: PartyVolume = { volume: 1, isMuted: false };

/** @param source requests the URL of the socket. */
export function createListener(source: UrlSource): Listener {
  const listeners = new Set<() => void>();
  let state: ListenState = {
    status: 'idle',
    volumes: { CUSTOMER: FULL_VOLUME, ASSISTANT: FULL_VOLUME },
    lostMs: 0,
  };
  let socket: WebSocket | undefined;
  let player: Player | undefined;

  function setState(change: Partial<ListenState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  function end(status: ListenStatus, error?: string): void {
    socket?.close();
    void player?.close();
    socket = undefined;
    player = undefined;
    setState({ status, ...(error !== undefined && { error }) });
  }

  function applyVolumes(): void {
    for (const party of CHANNEL_PARTIES) {
      const { volume, isMuted } = state.volumes[party];
      player?.setGain(party, isMuted ? 0 : volume);
    }
  }

  function onMessage(data: unknown): void {
    if (data instanceof ArrayBuffer) return player?.play(data);
    const frame = parseFrame(String(data));
    if (frame?.type === 'format') {
      if (isPlayable(frame)) setState({ status: 'playing' });
      else end('failed', UNSUPPORTED);
    } else if (frame?.type === 'lost') setState({ lostMs: state.lostMs + frame.ms });
    else if (frame?.type === 'ended') end('ended');
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      setState({ status: 'connecting', lostMs: 0 });
      let created: Player;
      try {
        created = await createPlayer((report) => setState({ report }));
      } catch {
        return end('failed', NO_AUDIO);
      }
      // Stopped while the player was being created.
      if (state.status !== 'connecting') return void created.close();
      player = created;
      applyVolumes();
      let path: string;
      try {
        path = await source();
      } catch (error) {
        return player === created
          ? end('failed', error instanceof AudioError ? error.message : REFUSED)
          : undefined;
      }
      if (player !== created) return;
      const connection = new WebSocket(socketUrl(path));
      connection.binaryType = 'arraybuffer';
      connection.addEventListener('message', ({ data }) => onMessage(data));
      connection.addEventListener('close', () => {
        if (socket === connection) end('failed', state.status === 'playing' ? DISCONNECTED : REFUSED);
      });
      socket = connection;
    },
    stop: () => end('idle'),
    setVolume(party, volume) {
      setState({ volumes: { ...state.volumes, [party]: { ...state.volumes[party], ...volume } } });
      applyVolumes();
    },
  };
}

function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return url.href;
}
