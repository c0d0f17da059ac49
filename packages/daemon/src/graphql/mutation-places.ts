/** Which node of a cluster executes each mutation. A mutation that is not listed does not compile. */
import type { ActionName } from '../mutations/actions.ts';
import type { FIELD_SCOPES } from './guard/access.ts';

type Field = keyof typeof FIELD_SCOPES;
export type MutationName = Field extends infer Key
  ? Key extends `Mutation.${infer Name}`
    ? Name
    : never
  : never;

/** AT_OWNER: the node that decides about the call, by an action. RUNS_HERE: the node of the client. */
export type Place =
  | { readonly at: 'AT_OWNER'; readonly action: ActionName }
  | { readonly at: 'RUNS_HERE'; readonly why: string };

const control = { at: 'AT_OWNER', action: 'control' } as const;

export const PLACES = {
  say: control,
  addMessage: control,
  mute: control,
  unmute: control,
  sayFirstMessage: control,
  transfer: control,
  handoff: control,
  endCall: control,
  sendDtmf: control,
  playAudio: control,
  clearAudio: control,
  watchCall: { at: 'AT_OWNER', action: 'watch' },
  pauseCapture: { at: 'AT_OWNER', action: 'pauseCapture' },
  resumeCapture: { at: 'AT_OWNER', action: 'resumeCapture' },
  transcribe: { at: 'AT_OWNER', action: 'transcribe' },
  addUtterance: { at: 'AT_OWNER', action: 'addUtterance' },
  tagCall: { at: 'AT_OWNER', action: 'tag' },
  addNote: { at: 'AT_OWNER', action: 'addNote' },
  placeHold: { at: 'AT_OWNER', action: 'placeHold' },
  releaseHold: { at: 'AT_OWNER', action: 'releaseHold' },
  eraseCall: { at: 'AT_OWNER', action: 'removeCall' },
  deleteCall: { at: 'AT_OWNER', action: 'removeCall' },
  eraseNumber: { at: 'AT_OWNER', action: 'removeCall' },
  placeCall: {
    at: 'RUNS_HERE',
    why: 'the call does not exist yet; its outcome is recorded at the owner of the call',
  },
  eraseCommand: { at: 'RUNS_HERE', why: 'a command without a call is only in the database' },
  createToken: { at: 'RUNS_HERE', why: 'tokens are in the database, where each node looks for changes' },
  revokeToken: { at: 'RUNS_HERE', why: 'tokens are in the database, where each node looks for changes' },
  backfill: {
    at: 'RUNS_HERE',
    why: 'its progress says at which node it runs, and no other one starts it meanwhile',
  },
} as const satisfies Readonly<Record<MutationName, Place>>;

/** The mutations that the owner of a call executes. */
export type OwnerMutation = {
  [Name in MutationName]: (typeof PLACES)[Name]['at'] extends 'AT_OWNER' ? Name : never;
}[MutationName];

/** The actions of all mutations. */
export type PlacedAction = (typeof PLACES)[OwnerMutation]['action'];
