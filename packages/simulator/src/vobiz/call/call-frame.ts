import { FRAME_MS } from '../../audio/pcm.ts';
import { clockOffset } from '../../call/clock-step.ts';
import type { VerbContext } from '../verbs/verb-context.ts';
import { HANGUPS } from '../webhook/hangup.ts';
import { frameTime, hasEnded } from './call-parts.ts';
import type { VobizCallParts } from './call-parts.ts';
import { runVerbs } from './instructions.ts';
import { hangUp } from './lifecycle.ts';

/** The sample value above which a room counts as audible. */
const SPEECH_PEAK = 100;

/** Runs one 20 ms frame: scheduled actions, then verbs, then the audio of the line, the room and the streams. */
export function runFrame(call: VobizCallParts, context: VerbContext): void {
  call.scheduler.tick();
  if (call.verbs === undefined || hasEnded(call)) return;
  runVerbs(call, context);
  if (hasEnded(call)) return;
  const room = carryAudio(call);
  call.idleMs = isIdle(call, room) ? call.idleMs + FRAME_MS : 0;
  if (call.idleMs >= call.behaviour.patienceMs) hangUp(call, HANGUPS.callerHungUp);
}

/** Mixes one frame and passes it on. Returns the audio of the room, if the person is in one. */
function carryAudio(call: VobizCallParts): Int16Array | undefined {
  const { member, streams, behaviour } = call;
  call.player.tick();
  const room = member?.receive();
  const { tracks, events } = call.line.next({
    played: streams.flatMap((stream) => stream.nextAudio() ?? []),
    room,
    playedOnOutbound: behaviour.playedOnOutbound,
    muted: member?.muted ?? false,
    deaf: member?.deaf ?? false,
  });
  member?.send(tracks.inbound);
  call.lineMs += FRAME_MS;
  call.record.clockOffsetMs = clockOffset(behaviour, call.lineMs);
  for (const stream of streams) stream.sendFrame(tracks, frameTime(call));
  for (const { event } of events) {
    if (event.kind !== 'transcript.final') continue;
    const { speaker, text, startMs, endMs } = event;
    call.callLog.addTranscript({ speaker, text, startMs, endMs });
  }
  return room;
}

/** Whether the script has started and nothing can be heard or is queued any more. */
function isIdle(call: VobizCallParts, room: Int16Array | undefined): boolean {
  const isRoomAudible = room?.some((sample) => Math.abs(sample) > SPEECH_PEAK) ?? false;
  return (
    call.isScriptRunning &&
    call.conversation.idle &&
    call.line.idle &&
    call.player.idle &&
    !isRoomAudible &&
    call.streams.every(({ idle }) => idle)
  );
}
