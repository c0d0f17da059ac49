/** Mutations that pause and resume the capture of a call. */
import { CAPTURE_PARTS, type CallId } from '@sidetone/core';
import { MAX_PAUSE_REASON_CHARACTERS } from '../../capture/capture-service.ts';
import { ofInput } from '../../commands/input-checks.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { requesterOf } from '../context.ts';
import type { Enums } from '../types/enums.ts';
import type { Refs } from '../types/refs.ts';
import { target } from './control-inputs.ts';
import { checkedKey } from './controls.ts';

export function addCapture(builder: Builder, refs: Refs, enums: Enums, { capture }: SchemaDeps): void {
  const Pause = builder.inputType('PauseCaptureInput', {
    description: 'The call, and how its capture is paused.',
    fields: (t) => ({
      ...target(t),
      parts: t.field({
        type: [enums.CapturePart],
        description: 'What is paused. Default: everything.',
      }),
      maxSeconds: t.int({
        description:
          'After how many seconds the capture resumes by itself, at least 1. Default and maximum: `limits.capturePauseSeconds`.',
      }),
      reason: t.string({
        description: `Why, at most ${MAX_PAUSE_REASON_CHARACTERS} characters. Shown with the call; do not enter what is to be kept secret.`,
      }),
    }),
  });
  const Resume = builder.inputType('ResumeCaptureInput', { description: 'Selects a call.', fields: target });

  builder.mutationFields((t) => ({
    pauseCapture: t.field({
      type: refs.CommandPayload,
      description:
        'Pauses recording, transcription and listening of a live call, for example while a card number is spoken. The call itself continues. If it is paused already, the parts are added, and the later end counts.',
      args: { input: t.arg({ type: Pause, required: true, description: 'The call and the pause.' }) },
      resolve: (_root, { input }, context) => {
        const { callId, idempotencyKey, parts, maxSeconds, reason } = input;
        const key = checkedKey(idempotencyKey);
        const request = {
          parts: [...new Set(parts ?? CAPTURE_PARTS)],
          ...(maxSeconds != null && { maxSeconds }),
          ...(reason != null && { reason }),
        };
        return ofInput(() => capture.pause(callId as CallId, request, requesterOf(context), key));
      },
    }),
    resumeCapture: t.field({
      type: refs.CommandPayload,
      description: 'Ends the pause of a live call. Has no effect if there is none.',
      args: { input: t.arg({ type: Resume, required: true, description: 'The call.' }) },
      resolve: (_root, { input: { callId, idempotencyKey } }, context) => {
        const key = checkedKey(idempotencyKey);
        return ofInput(() => capture.resume(callId as CallId, requesterOf(context), key));
      },
    }),
  }));
}
