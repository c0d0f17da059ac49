/** The exports of one call, by their formats on the command line: the last part of their paths below `/calls/{id}/`. */
export const CALL_EXPORTS = {
  text: 'transcript.txt',
  vtt: 'transcript.vtt',
  srt: 'transcript.srt',
  wav: 'recording.wav',
  flac: 'recording.flac',
} as const;
