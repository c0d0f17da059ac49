/** The questions that the benchmark asks, each with a page of 50. */
import { FIRST_DAY, YEARS_MS } from './calls.ts';
import { FREQUENT, PLANTED } from './words.ts';

const calls = (filter: string, order = ''): string =>
  `{ calls(first: 50, filter: { ${filter} }${order}) { nodes { id } } }`;
const search = (query: string): string =>
  `{ searchTranscripts(query: "${query}", first: 50) { nodes { snippet } } }`;

const aDay = new Date(FIRST_DAY + 100 * 24 * 60 * 60_000).toISOString();

/** After all generated calls; the benchmark adds calls of today. */
const end = new Date(FIRST_DAY + YEARS_MS).toISOString();

export const QUESTIONS: Readonly<Record<string, string>> = {
  calls: calls(''),
  'calls, live': calls('live: true'),
  'calls, said: rare word': calls(`said: "${PLANTED.rare}"`),
  'calls, said: word of every 400th call': calls(`said: "${PLANTED.medium}"`),
  'calls, said: common word': calls(`said: "${FREQUENT.common}"`),
  'calls, said: common word, oldest first': calls(
    `said: "${FREQUENT.common}"`,
    ', orderBy: { field: CREATED_AT, direction: ASC }',
  ),
  'calls, number: 4 leading digits': calls('number: "+9180"'),
  'calls, number: 7 leading digits': calls('number: "+9180123"'),
  'calls, tag, longest first': calls('tags: ["vip"]', ', orderBy: { field: DURATION, direction: DESC }'),
  'calls of a former provider': calls('providerIds: ["closed"]'),
  'calls of a former provider, longest first': calls(
    'providerIds: ["closed"]',
    ', orderBy: { field: DURATION, direction: DESC }',
  ),
  totalCount: '{ calls(first: 1) { totalCount } }',
  'searchTranscripts: common word': search(FREQUENT.common),
  'searchTranscripts: two words': search(`${FREQUENT.common} ${FREQUENT.second}`),
  'searchTranscripts: prefix of two letters': search('th'),
  'callStats, calls': '{ callStats { calls } }',
  'callStats, by day': `{ callStats(filter: { createdBefore: "${end}" }, bucket: DAY) { calls totalDurationMs series { calls } } }`,
  'callStats, by day in Kolkata, split': `{ callStats(filter: { createdBefore: "${end}" }, bucket: DAY, timeZone: "Asia/Kolkata", splitBy: PROVIDER) { series { calls } splitSeries { key points { calls } } } }`,
  'callStats, costs and percentiles': `{ callStats(filter: { createdBefore: "${end}" }) { costs { amount } durationPercentiles { p50Ms p95Ms } } }`,
  'callStats, inbound since a day, by month': `{ callStats(filter: { directions: [INBOUND], createdAfter: "${aDay}" }, bucket: MONTH) { calls byEndCategory { calls } series { calls } } }`,
};

/** Questions whose work is as large as their limits permit, asked while live events are measured. */
export const HEAVY_QUESTIONS: readonly string[] = [
  '{ callStats(filter: { minDurationMs: 1 }, bucket: DAY) { calls series { calls } } }',
  `{ calls(first: 50, filter: { said: "${FREQUENT.common}", tags: ["vip", "sale"] }) { nodes { id } } }`,
  calls(`said: "${FREQUENT.common}"`, ', orderBy: { field: DURATION, direction: DESC }'),
];
