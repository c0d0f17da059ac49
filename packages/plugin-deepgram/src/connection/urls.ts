/** The URLs of the service. Pure. */
import { isFlux, type DeepgramOptions } from '../config.ts';

/** Appends a path to the base URL, which may have a path. */
function below(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  return url;
}

/** Returns the URL that checks the credentials. */
export function credentialsUrl(base: URL): URL {
  const url = below(base, 'v1/auth/token');
  url.protocol = base.protocol === 'wss:' ? 'https:' : 'http:';
  return url;
}

/** The audio that a socket is opened for. */
export interface ListenTarget {
  readonly sampleRate: number;
  readonly channels: number;
  /** Overrides the language of the options. */
  readonly language?: string;
  /** False for a service that rejected them. */
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
  const hints = target.language === undefined ? options.languageHints : [target.language];
  return {
    model: options.model,
    encoding: options.encoding,
    sample_rate: target.sampleRate,
    eot_threshold: options.flux.eotThreshold,
    eot_timeout_ms: options.flux.eotTimeoutMs,
    language_hint: isMultilingual ? hints.filter((language) => language !== 'multi') : [],
    numerals: options.numerals,
    profanity_filter: options.profanityFilter,
    redact: options.redact,
    keyterm: target.withKeyterms ? options.keyterms : [],
    mip_opt_out: options.mipOptOut,
    tag: options.tag,
  };
}

/** Returns the URL of a socket. */
export function listenUrl(options: DeepgramOptions, target: ListenTarget): URL {
  const flux = isFlux(options.model);
  const url = below(options.apiBaseUrl, flux ? 'v2/listen' : 'v1/listen');
  const parameters = flux ? fluxParameters(options, target) : novaParameters(options, target);
  const pairs = Object.entries(parameters).flatMap(([name, value]): string[] => {
    // The default of every flag is false.
    if (value === undefined || value === false) return [];
    const values = typeof value === 'object' ? value : [String(value)];
    return values.map((each) => `${name}=${encodeURIComponent(each)}`);
  });
  url.search = pairs.join('&');
  return url;
}
