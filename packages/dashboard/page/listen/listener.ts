/** Hears one call: the socket that only listens, and the player. A store outside React. */
import {
  CHANNEL_PARTIES,
  frameOf,
  isPlayable,
  type ChannelParty,
  type PlayerReport,
} from './listen-protocol.ts';
import { createPlayer, type Player } from './player.ts';

export type ListenStatus = 'idle' | 'connecting' | 'playing' | 'ended' | 'failed';

export interface Ear {
  /** 0 to 1. */
  readonly volume: number;
  readonly isMuted: boolean;
}

export interface ListenState {
  readonly status: ListenStatus;
  /** Why it failed, in words. */
  readonly error?: string;
  readonly ears: Readonly<Record<ChannelParty, Ear>>;
  readonly report?: PlayerReport;
  /** ms of audio that the daemon left out for us. */
  readonly lostMs: number;
}

export interface Listener {
  readonly state: () => ListenState;
  readonly subscribe: (listener: () => void) => () => void;
  start(): Promise<void>;
  stop(): void;
  setEar(party: ChannelParty, ear: Partial<Ear>): void;
}

const NO_AUDIO =
  'This browser plays no audio for this page. It does for pages that come by HTTPS, or from this machine itself.';
const REFUSED = 'The daemon did not let this page listen: the call may be over, or as many listen as may.';
const CUT = 'The connection was lost.';
const OPEN: Ear = { volume: 1, isMuted: false };

/** @param listenUrl as the API gives it: asked of the daemon that this page is from, whatever name it calls itself by. */
export function createListener(listenUrl: string, token: string | undefined): Listener {
  const listeners = new Set<() => void>();
  let state: ListenState = { status: 'idle', ears: { CUSTOMER: OPEN, ASSISTANT: OPEN }, lostMs: 0 };
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

  function applyEars(): void {
    for (const party of CHANNEL_PARTIES) {
      const { volume, isMuted } = state.ears[party];
      player?.setGain(party, isMuted ? 0 : volume);
    }
  }

  function hear(data: unknown): void {
    if (data instanceof ArrayBuffer) return player?.play(data);
    const frame = frameOf(String(data));
    if (frame?.type === 'format') {
      if (isPlayable(frame)) setState({ status: 'playing' });
      else end('failed', 'The daemon sends audio of a kind that this page does not play.');
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
      let made: Player;
      try {
        made = await createPlayer((report) => setState({ report }));
      } catch {
        return end('failed', NO_AUDIO);
      }
      // It was stopped before it had begun.
      if (state.status !== 'connecting') return void made.close();
      player = made;
      applyEars();
      const opened = new WebSocket(socketUrl(listenUrl, token));
      opened.binaryType = 'arraybuffer';
      opened.addEventListener('message', ({ data }) => hear(data));
      opened.addEventListener('close', () => {
        if (socket === opened) end('failed', state.status === 'playing' ? CUT : REFUSED);
      });
      socket = opened;
    },
    stop: () => end('idle'),
    setEar(party, ear) {
      setState({ ears: { ...state.ears, [party]: { ...state.ears[party], ...ear } } });
      applyEars();
    },
  };
}

/** A browser cannot give a header along with a WebSocket: here alone the token is in an address. */
function socketUrl(listenUrl: string, token: string | undefined): string {
  const url = new URL(new URL(listenUrl).pathname, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  if (token !== undefined) url.searchParams.set('token', token);
  return url.href;
}
