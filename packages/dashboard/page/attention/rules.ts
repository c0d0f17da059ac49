/** The rules by which a call needs attention. A rule needs a text here, a threshold, and a condition in `reasons.ts`. Pure. */

interface RuleTexts {
  /** The label of the setting, completed by the threshold and the unit. */
  readonly label: string;
  readonly unit: 'min' | 's' | 'dBFS';
  /** The words in the row of a call. */
  readonly text: string;
  /** The bounds of the threshold. */
  readonly min: number;
  readonly max: number;
  /** Whether it needs the audio of the call, and so the scope `listen`. */
  readonly needsAudio?: true;
}

export const RULES = {
  waiting: {
    label: 'The customer waits for longer than',
    unit: 's',
    text: 'Customer waits',
    min: 2,
    max: 600,
  },
  silence: { label: 'No party speaks for longer than', unit: 's', text: 'Silent', min: 3, max: 600 },
  talkOver: { label: 'Both parties speak for longer than', unit: 's', text: 'Both speak', min: 1, max: 60 },
  long: { label: 'The call lasts longer than', unit: 'min', text: 'Long call', min: 1, max: 600 },
  quiet: {
    label: 'Speech is quieter than',
    unit: 'dBFS',
    text: 'Too quiet',
    min: -80,
    max: -20,
    needsAudio: true,
  },
  loud: {
    label: 'Speech is louder than',
    unit: 'dBFS',
    text: 'Too loud',
    min: -30,
    max: 0,
    needsAudio: true,
  },
} as const satisfies Record<string, RuleTexts>;

export type RuleId = keyof typeof RULES;
/** In the order of importance. */
export const RULE_IDS = Object.keys(RULES) as RuleId[];

export interface Threshold {
  readonly isOn: boolean;
  readonly value: number;
}

export type Thresholds = Readonly<Record<RuleId, Threshold>>;

export const DEFAULT_THRESHOLDS: Thresholds = {
  waiting: { isOn: true, value: 15 },
  silence: { isOn: true, value: 30 },
  talkOver: { isOn: true, value: 8 },
  long: { isOn: true, value: 20 },
  quiet: { isOn: false, value: -50 },
  loud: { isOn: false, value: -8 },
};

/** Moves a threshold into its bounds. */
export function boundedValue(rule: RuleId, value: number): number {
  const { min, max } = RULES[rule];
  return Math.min(max, Math.max(min, value));
}
