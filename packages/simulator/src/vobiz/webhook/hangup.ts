/** The end of a call, as in the hangup webhook. */
export interface Hangup {
  readonly cause: string;
  readonly code: string;
  readonly name: string;
  readonly source: 'Caller' | 'Callee' | 'Vobiz' | 'Carrier' | 'API Request' | 'Answer XML' | 'Error';
}

const normal = { cause: 'NORMAL_CLEARING', code: '4000', name: 'Normal Hangup' } as const;

/** All ends of a call. */
export const HANGUPS = {
  callerHungUp: { ...normal, source: 'Caller' },
  calleeHungUp: { ...normal, source: 'Callee' },
  byApi: { ...normal, source: 'API Request' },
  byXml: { ...normal, source: 'Answer XML' },
  rejected: { cause: 'CALL_REJECTED', code: '3020', name: 'Rejected', source: 'Answer XML' },
  busy: { cause: 'USER_BUSY', code: '3010', name: 'Busy Line', source: 'Answer XML' },
  lineBusy: { cause: 'USER_BUSY', code: '3010', name: 'Busy Line', source: 'Carrier' },
  noAnswer: { cause: 'NO_ANSWER', code: '6010', name: 'Ring Timeout Reached', source: 'Vobiz' },
  carrierFailed: { cause: 'SERVICE_UNAVAILABLE', code: '3080', name: 'Carrier Error', source: 'Carrier' },
  lostRace: { cause: 'LOSE_RACE', code: '9000', name: 'Lost Race', source: 'Vobiz' },
  endOfXml: { cause: 'NORMAL_CLEARING', code: '4010', name: 'End Of XML Instructions', source: 'Vobiz' },
  cancelled: { cause: 'ORIGINATOR_CANCEL', code: '1000', name: 'Cancelled', source: 'Caller' },
  timeLimit: { cause: 'ALLOTTED_TIMEOUT', code: '6000', name: 'Time Limit Reached', source: 'Vobiz' },
  answerUnreachable: {
    cause: 'SERVICE_UNAVAILABLE',
    code: '7011',
    name: 'Error Reaching Answer URL',
    source: 'Error',
  },
  actionUnreachable: {
    cause: 'SERVICE_UNAVAILABLE',
    code: '7012',
    name: 'Error Reaching Action URL',
    source: 'Error',
  },
  transferUnreachable: {
    cause: 'SERVICE_UNAVAILABLE',
    code: '7013',
    name: 'Error Reaching Transfer URL',
    source: 'Error',
  },
  redirectUnreachable: {
    cause: 'SERVICE_UNAVAILABLE',
    code: '7014',
    name: 'Error Reaching Redirect URL',
    source: 'Error',
  },
  invalidAction: { cause: 'NORMAL_CLEARING', code: '8012', name: 'Invalid Action XML', source: 'Error' },
  invalidTransfer: { cause: 'NORMAL_CLEARING', code: '8013', name: 'Invalid Transfer XML', source: 'Error' },
  invalidRedirect: { cause: 'NORMAL_CLEARING', code: '8014', name: 'Invalid Redirect XML', source: 'Error' },
  invalidAnswer: { cause: 'NORMAL_CLEARING', code: '8011', name: 'Invalid Answer XML', source: 'Error' },
} as const satisfies Record<string, Hangup>;
