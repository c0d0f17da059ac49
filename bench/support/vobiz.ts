/** Vobiz's side of a call, without its audio. */

/** Sends the answer webhook of a call as Vobiz does. Returns the URL of its stream. */
export async function answerCall(daemonUrl: string, callId: string): Promise<string> {
  const form = { CallUUID: callId, From: '919000000001', To: '918000000001', Direction: 'inbound' };
  const response = await fetch(new URL('providers/vobiz/answer', daemonUrl), {
    method: 'POST',
    body: new URLSearchParams({ ...form, CallStatus: 'ringing', Event: 'StartApp' }),
  });
  const url = /<Stream[^>]*>([^<]+)</.exec(await response.text())?.[1];
  if (url === undefined) throw new Error(`the answer has no stream: status ${response.status}`);
  return url.replaceAll('&amp;', '&');
}
