/**
 * What the name of a field says about its value: in JSON, forms, queries, XML and multipart bodies. Names are compared by their
 * words, so `fromNumber`, `from_number` and `From-Number` are the same. Pure.
 */

/** The name of a field, and of the object that contains it. */
export interface Field {
  readonly name: string;
  readonly parent?: string;
}

/**
 * `plain` values are masked by what they look like. `protocol` values are names of the protocol, even if they are sentences, and
 * the digits of a `count` are a time, a size or an id.
 */
export type FieldKind = 'number' | 'person' | 'text' | 'credential' | 'protocol' | 'count' | 'plain';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const CREDENTIALS = set(
  'token accesstoken authtoken refreshtoken idtoken bearer jwt secret clientsecret webhooksecret password passwd pwd apikey ' +
    'key privatekey publickey accesskey authkey sig signature credential credentials authorization auth cookie session sessionid ' +
    'xamzsignature xamzcredential xamzsecuritytoken xgoogsignature xgoogcredential',
);
const CREDENTIAL_ENDS = /(?:token|secret|password|apikey|accesskey|privatekey)$/;
const NUMBER_WORDS = set(
  'phone telephone tel mobile cell msisdn ani dnis did caller called callee cli e164 fax whatsapp number customer from to',
);
const NUMBERS = set(
  'from to source destination dial dialed dialled contact recipient sender callerid calleridnumber',
);
/** With one of these words, a field is about something else. */
const COUNT_WORDS = set(
  'sequence seq chunk frame frames line serial page turn version port build sample samples time timestamp ts date at ms seconds id sid ' +
    'uuid order index count retry attempt duration length size bytes offset position start end rate cost amount nonce',
);
const NOT_A_NUMBER = set('status state name type event provider role category');
const PERSONS = set(
  'customername callername calleename firstname lastname fullname displayname givenname familyname middlename surname contactname ' +
    'cnam calleridname username nickname leadname patientname guestname',
);
const PERSON_PARENTS = set(
  'customer caller callee contact user person member participant from to lead patient guest',
);
const TEXTS = set(
  'transcript transcription transcriptiontext text content utterance speech speechresult unstablespeechresult sentence word ' +
    'punctuatedword summary message say speak speaking said prompt systemprompt instructions notes note comment description question ' +
    'answer query input output result body subject title address street streetaddress addressline1 addressline2 city postalcode ' +
    'postcode zip zipcode dob dateofbirth birthdate ssn aadhaar pan email',
);
const PROTOCOL_WORDS = set(
  'cause reason status state event type code source role category direction format codec',
);

const wordsOf = (name: string): readonly string[] =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');

/** Returns the kind of a field by its name. */
export function kindOf({ name, parent = '' }: Field): FieldKind {
  const words = wordsOf(name);
  const whole = words.join('');
  if (CREDENTIALS.has(whole) || CREDENTIAL_ENDS.test(whole)) return 'credential';
  if (PERSONS.has(whole) || (whole === 'name' && PERSON_PARENTS.has(wordsOf(parent).at(-1) ?? '')))
    return 'person';
  if (isNumberName(words, whole)) return 'number';
  if (words.some((word) => PROTOCOL_WORDS.has(word))) return 'protocol';
  if (TEXTS.has(whole) || words.at(-1) === 'message' || words.at(-1) === 'transcript') return 'text';
  return words.some((word) => COUNT_WORDS.has(word)) ? 'count' : 'plain';
}

const isNumberName = (words: readonly string[], whole: string): boolean =>
  NUMBERS.has(whole) ||
  (words.some((word) => NUMBER_WORDS.has(word)) &&
    !words.some((word) => NOT_A_NUMBER.has(word) || COUNT_WORDS.has(word)));

/** Headers with a credential, besides those whose name ends in one of the words for it. */
const CREDENTIAL_HEADERS =
  /^(?:proxy-)?authorization$|^(?:set-)?cookie$|(?:^|-)(?:auth|key|api-?key|jwt|token|secret|password|credentials?)$/i;
const SIGNATURE_HEADERS = /signature|hmac|digest/i;
/** Headers of the connection, and those with addresses of machines. */
const OMITTED_HEADERS = set(
  'host connection content-length content-encoding accept-encoding transfer-encoding upgrade keep-alive te via forwarded x-forwarded-for ' +
    'x-forwarded-host x-forwarded-proto x-forwarded-port x-real-ip x-client-ip true-client-ip cf-connecting-ip x-original-url ' +
    'sec-websocket-key sec-websocket-accept sec-websocket-version sec-websocket-extensions traceparent tracestate',
);

export type HeaderKind = 'omitted' | 'credential' | 'signature' | 'plain';

/** Returns what is done with a header. */
export function kindOfHeader(name: string): HeaderKind {
  if (OMITTED_HEADERS.has(name.toLowerCase())) return 'omitted';
  if (SIGNATURE_HEADERS.test(name)) return 'signature';
  return CREDENTIAL_HEADERS.test(name) ? 'credential' : 'plain';
}
