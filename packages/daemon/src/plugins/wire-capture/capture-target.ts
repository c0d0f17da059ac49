import type { WireCapture } from './wire-capture.ts';

/** What the wrappers of a plugin need of a capture. */
export type CaptureTarget = Pick<WireCapture, 'note' | 'nextNumber' | 'isOn'>;
