/** A healthy client: queries the daemon every 20 ms, and reports the longest and the median response time, ms. */
const url = process.argv[2]!;
let times: number[] = [];
let failures = 0;

async function probe(): Promise<void> {
  const started = performance.now();
  try {
    const response = await fetch(new URL('graphql', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ calls(first: 5) { nodes { id status } } }"}',
    });
    await response.text();
    if (response.status !== 200) failures++;
  } catch {
    failures++;
  }
  times.push(performance.now() - started);
}

process.on('message', () => {
  times.sort((a, b) => a - b);
  process.send!({
    median: times[times.length >> 1] ?? 0,
    longest: times.at(-1) ?? 0,
    count: times.length,
    failures,
  });
  times = [];
  failures = 0;
});

for (;;) {
  await probe();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
