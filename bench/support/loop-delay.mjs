/** Loaded into a program with `--import`: measures the delay of its event loop, and reports it to the parent on request. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
process.on('message', (message) => {
  if (message !== 'loop delay') return;
  const ms = (ns) => ns / 1e6;
  process.send({ p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) });
  delay.reset();
});
process.channel?.unref();
