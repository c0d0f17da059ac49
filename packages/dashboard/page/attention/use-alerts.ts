/** Alerts the user on all pages when a call needs attention: a count in the title, a sound, a notification of the desktop. */
import { useEffect, useSyncExternalStore } from 'react';
import { setTitleCount } from '../ui/use-title.ts';
import { alertOf, newlyNeeded, type Alert, type AlertedCall } from './alerts.ts';
import type { Reason } from './reasons.ts';
import type { SettingsStore } from './settings.ts';

interface AlertSource {
  readonly state: () => {
    readonly calls: ReadonlyMap<string, AlertedCall>;
    readonly attention: ReadonlyMap<string, readonly Reason[]>;
  };
  readonly subscribe: (listener: () => void) => () => void;
}

export function useAlerts(source: AlertSource, settings: SettingsStore, isEnabled: boolean): void {
  const { sound, notification } = useSyncExternalStore(settings.subscribe, settings.state);
  const isWanted = isEnabled && (sound || notification);
  useEffect(() => {
    if (!isWanted) return undefined;
    let known = source.state().attention;
    const unsubscribe = source.subscribe(() => {
      const { attention, calls } = source.state();
      const added = newlyNeeded(known, attention);
      known = attention;
      setTitleCount(attention.size);
      if (added.length === 0) return;
      void alert({ sound, notification: notification ? alertOf(added, calls, attention) : undefined });
    });
    return () => {
      unsubscribe();
      setTitleCount(0);
    };
  }, [source, isWanted, sound, notification]);
}

async function alert({
  sound,
  notification,
}: {
  readonly sound: boolean;
  readonly notification: Alert | undefined;
}): Promise<void> {
  const { playAlert, showAlert } = await import('./alert-output.ts');
  if (sound) playAlert();
  if (notification) showAlert(notification);
}
