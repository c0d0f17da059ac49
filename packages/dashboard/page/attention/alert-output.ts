/** The sound and the notification of an alert. Loaded when the first one is needed. */
import type { Alert } from './alerts.ts';

/** At most one sound in this time. */
const QUIET_MS = 3000;
const TONES_HZ = [660, 880];
const TONE_S = 0.14;
const VOLUME = 0.15;

let audio: AudioContext | undefined;
let lastAt = 0;

/** Plays two short tones. Silent until the user has clicked or pressed a key on the page: browsers require it. */
export function playAlert(): void {
  const now = performance.now();
  if (lastAt > 0 && now - lastAt < QUIET_MS) return;
  lastAt = now;
  audio ??= new AudioContext();
  void audio.resume();
  const gain = new GainNode(audio, { gain: VOLUME });
  gain.connect(audio.destination);
  for (const [i, frequency] of TONES_HZ.entries()) {
    const tone = new OscillatorNode(audio, { frequency });
    const at = audio.currentTime + i * TONE_S * 1.4;
    tone.connect(gain);
    tone.start(at);
    tone.stop(at + TONE_S);
  }
}

/** Whether the browser can show notifications on this page. */
export const canNotify = (): boolean => 'Notification' in window && window.isSecureContext;

/** Shows a notification, if the user has allowed it. A newer one replaces it. */
export function showAlert({ title, text }: Alert): void {
  if (!canNotify() || Notification.permission !== 'granted' || document.hasFocus()) return;
  const shown = new Notification(title, { body: text, tag: 'sidetone-attention' });
  shown.addEventListener('click', () => {
    window.focus();
    shown.close();
  });
}
