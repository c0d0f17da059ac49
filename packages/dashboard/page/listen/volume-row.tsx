/** The volume of one party in the headphones. */
import { useSyncExternalStore } from 'react';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { PARTY_LABELS } from '../ui/labels.ts';
import type { ChannelParty } from './listen-protocol.ts';
import type { Listener } from './listener.ts';
import './listen.css';

interface VolumeRowProps {
  readonly listener: Listener;
  readonly party: ChannelParty;
}

export function VolumeRow({ listener, party }: VolumeRowProps) {
  const { volume, isMuted } = useSyncExternalStore(listener.subscribe, listener.state).volumes[party];
  const name = PARTY_LABELS[party];
  return (
    <div className="listen-volume">
      <span className="party-name" data-party={party}>
        {name}
      </span>
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={volume}
        aria-label={`Volume of the ${name.toLowerCase()} in your headphones`}
        onChange={({ target }) => listener.setVolume(party, { volume: Number(target.value), isMuted: false })}
      />
      <Button
        kind="icon"
        aria-pressed={isMuted}
        aria-label={`Mute the ${name.toLowerCase()} in your headphones`}
        onClick={() => listener.setVolume(party, { isMuted: !isMuted })}
      >
        <Icon name={isMuted ? 'volume-off' : 'volume'} />
      </Button>
    </div>
  );
}
