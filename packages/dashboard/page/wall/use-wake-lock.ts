/** Keeps the screen awake while the component is mounted, where the browser can: on HTTPS and localhost. */
import { useEffect } from 'react';

export function useWakeLock(): void {
  useEffect(() => {
    let isStopped = false;
    let lock: WakeLockSentinel | undefined;
    async function request(): Promise<void> {
      if (!('wakeLock' in navigator) || document.hidden) return;
      try {
        const granted = await navigator.wakeLock.request('screen');
        if (isStopped) await granted.release();
        else lock = granted;
      } catch {
        // Refused, for example because the battery is low. The screen may turn off then.
      }
    }
    void request();
    // The browser releases the lock when the page is hidden.
    const onVisible = (): void => void request();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      isStopped = true;
      document.removeEventListener('visibilitychange', onVisible);
      void lock?.release();
    };
  }, []);
}
