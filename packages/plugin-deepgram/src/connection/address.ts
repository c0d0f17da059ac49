/** The addresses of the service: pure. */
import type { DeepgramOptions } from '../config.ts';

/** Whether a model is of the Flux family, which has an interface of its own: one party a socket, turns instead of pauses. */
export const isFlux = (model: string): boolean => model.startsWith('flux');

/** Hosts that no stranger can stand behind: loopback, private networks, and names without a domain. */
const PRIVATE_HOST =
  /^(localhost|[^.:]+|.+\.localhost|127(\.\d+){3}|10(\.\d+){3}|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|\[::1\]|\[f[cd][0-9a-f:]+\])$/;

/** The base address of the service; undefined when it is none, or sends what is said over the net in the clear. */
export function webSocketAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.hash !== '' || url.search !== '' || url.username !== '' || url.password !== '')
    return undefined;
  const isAllowed = url.protocol === 'wss:' || (url.protocol === 'ws:' && PRIVATE_HOST.test(url.hostname));
  return isAllowed ? url : undefined;
}

/** An address below the base, which may have a path of its own. */
function below(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  return url;
}

/** Where the credentials can be tried without audio. */
export function credentialsUrl(base: URL): URL {
  const url = below(base, 'v1/auth/token');
  url.protocol = base.protocol === 'wss:' ? 'https:' : 'http:';
  return url;
}

/** What a socket is for. */
export interface ListenTarget {
  readonly sampleRate: number;
  readonly channels: number;
  /** Instead of the options' language. */
  readonly language?: string;
  /** Left out for a service that refused them. */
  readonly withKeyterms: boolean;
}

type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

function novaParameters(options: DeepgramOptions, target: ListenTarget): Parameters {
  const language = target.language ?? options.language;
  return {
    model: options.model,
    version: options.version,
    language,
    language_hint: language === 'multi' ? options.languageHints : [],
    encoding: options.encoding,
    sample_rate: target.sampleRate,
    channels: target.channels,
    multichannel: target.channels > 1,
    interim_results: true,
    endpointing: options.endpointingMs,
    utterance_end_ms: options.utteranceEndMs,
    vad_events: true,
    punctuate: options.punctuate,
    smart_format: options.smartFormat,
    numerals: options.numerals,
    profanity_filter: options.profanityFilter,
    filler_words: options.fillerWords,
    redact: options.redact,
    keyterm: target.withKeyterms ? options.keyterms : [],
    keywords: options.keywords,
    mip_opt_out: options.mipOptOut,
    tag: options.tag,
  };
}

function fluxParameters(options: DeepgramOptions, target: ListenTarget): Parameters {
  const isMultilingual = options.model.includes('multi');
  const asked = target.language === undefined ? options.languageHints : [target.language];
  return {
    model: options.model,
    encoding: options.encoding,
    sample_rate: target.sampleRate,
    eot_threshold: options.flux.eotThreshold,
    eot_timeout_ms: options.flux.eotTimeoutMs,
    language_hint: isMultilingual ? asked.filter((language) => language !== 'multi') : [],
    numerals: options.numerals,
    profanity_filter: options.profanityFilter,
    redact: options.redact,
    keyterm: target.withKeyterms ? options.keyterms : [],
    mip_opt_out: options.mipOptOut,
    tag: options.tag,
  };
}

/** The address of a socket. */
export function listenUrl(options: DeepgramOptions, target: ListenTarget): URL {
  const flux = isFlux(options.model);
  const url = below(options.apiBaseUrl, flux ? 'v2/listen' : 'v1/listen');
  const parameters = flux ? fluxParameters(options, target) : novaParameters(options, target);
  const pairs = Object.entries(parameters).flatMap(([name, value]): string[] => {
    // The service takes every one of these as false unless told.
    if (value === undefined || value === false) return [];
    const values = typeof value === 'object' ? value : [String(value)];
    return values.map((each) => `${name}=${encodeURIComponent(each)}`);
  });
  url.search = pairs.join('&');
  return url;
}
