/** The same services for clients of any node: each request is executed at the node that decides about its call. */
import type { ControlArguments, ControlName } from '@sidetone/core';
import type { ControlRequest } from './actions.ts';
import type { CallServices } from './here.ts';
import type { ActionRouter } from './router.ts';

export const servicesAnywhere = (router: Pick<ActionRouter, 'run'>): CallServices => ({
  commands: {
    run: <Name extends ControlName>(
      name: Name,
      callId: ControlRequest['callId'],
      args: ControlArguments[Name],
      by: string,
      key?: string,
    ) => router.run('control', { name, callId, args, by, ...withKey(key) }),
    watch: (providerId, providerCallId, by) => router.run('watch', { providerId, providerCallId, by }),
  },
  capture: {
    pause: (callId, pause, by, key) => router.run('pauseCapture', { callId, pause, by, ...withKey(key) }),
    resume: (callId, by, key) => router.run('resumeCapture', { callId, by, ...withKey(key) }),
  },
  transcription: { set: (callId, request) => router.run('transcribe', { ...request, callId }) },
  utterances: { add: (request) => router.run('addUtterance', request) },
  annotations: {
    tag: (callId, add, remove, by) => router.run('tag', { callId, add, remove, by }),
    addNote: (callId, text, offsetMs, by) =>
      router.run('addNote', { callId, text, by, ...(offsetMs !== undefined && { offsetMs }) }),
  },
  holds: {
    place: (callId, reason, by) =>
      router.run('placeHold', { callId, by, ...(reason !== undefined && { reason }) }),
    release: (callId, by) => router.run('releaseHold', { callId, by }),
  },
  erasure: { removeCall: (callId, by) => router.run('removeCall', { callId, by }) },
});

const withKey = (key: string | undefined) => (key === undefined ? {} : { key });
