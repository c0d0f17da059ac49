/** The settings of the attention rules, stored on this device. */
import type { SafeStorage } from '../browser/storage.ts';
import { createStoredValue, type StoredValue } from '../ui/stored-value.ts';
import { boundedValue, DEFAULT_THRESHOLDS, RULE_IDS, type Threshold, type Thresholds } from './rules.ts';

export interface AttentionSettings {
  readonly thresholds: Thresholds;
  /** Plays a sound when a call needs attention. */
  readonly sound: boolean;
  /** Shows a notification of the desktop. */
  readonly notification: boolean;
  /** Measures the audio of all live calls, not only of the rows in view. */
  readonly measuresAll: boolean;
}

export const DEFAULT_SETTINGS: AttentionSettings = {
  thresholds: DEFAULT_THRESHOLDS,
  sound: false,
  notification: false,
  measuresAll: false,
};

/** Reads stored settings. Whatever is missing or not valid is replaced by the default. */
export function parseSettings(text: string | null): AttentionSettings {
  const stored = objectOf(text);
  const thresholds = (stored['thresholds'] ?? {}) as Readonly<Record<string, Partial<Threshold> | undefined>>;
  return {
    thresholds: Object.fromEntries(
      RULE_IDS.map((rule) => {
        const { isOn, value } = thresholds[rule] ?? {};
        const fallback = DEFAULT_THRESHOLDS[rule];
        return [
          rule,
          {
            isOn: typeof isOn === 'boolean' ? isOn : fallback.isOn,
            value: Number.isFinite(value) ? boundedValue(rule, value!) : fallback.value,
          },
        ];
      }),
    ) as unknown as Thresholds,
    sound: stored['sound'] === true,
    notification: stored['notification'] === true,
    measuresAll: stored['measuresAll'] === true,
  };
}

function objectOf(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export interface SettingsStore extends Pick<StoredValue<AttentionSettings>, 'state' | 'subscribe'> {
  update(change: Partial<AttentionSettings>): void;
}

export function createSettingsStore(storage?: SafeStorage): SettingsStore {
  const { state, subscribe, set } = createStoredValue({
    key: 'sidetone.attention',
    parse: parseSettings,
    ...(storage && { storage }),
  });
  return { state, subscribe, update: (change) => set({ ...state(), ...change }) };
}
