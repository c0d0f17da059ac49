/** Loaded into a program with `--expose-gc --import`: collects garbage and reports the memory that remains, on request. */
process.on('message', (message) => {
  if (message !== 'memory') return;
  globalThis.gc();
  // A second collection frees what finalizers of the first one released.
  setTimeout(() => {
    globalThis.gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send({ bytes: heapUsed + external, rss });
  }, 100);
});
process.channel?.unref();
