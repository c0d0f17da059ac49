/** The settings of the attention rules, stored on this device. */
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

/** The part of a storage that is used. It may throw: browsers can block it. */
type SettingsStorage = Pick<Storage, 'getItem' | 'setItem'>;
const KEY = 'sidetone.attention';

export interface SettingsStore {
  readonly state: () => AttentionSettings;
  readonly subscribe: (listener: () => void) => () => void;
  update(change: Partial<AttentionSettings>): void;
}

/** @param storage undefined if the browser blocks it: settings then last until the page is left. */
export function createSettingsStore(storage: () => SettingsStorage): SettingsStore {
  const listeners = new Set<() => void>();
  let settings = attempt(() => parseSettings(storage().getItem(KEY))) ?? DEFAULT_SETTINGS;
  return {
    state: () => settings,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    update(change) {
      settings = { ...settings, ...change };
      attempt(() => storage().setItem(KEY, JSON.stringify(settings)));
      for (const listener of listeners) listener();
    },
  };
}

function attempt<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
