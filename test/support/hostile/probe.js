// Loaded into a gateway's process before it starts: says on request for how long its event loop was held up at most, and
// how much memory the process took, both since the last request.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

// https://docs.kernel.org/scheduler/sched-stats.html: the time on a processor comes first, in nanoseconds.
const SCHEDULE = `/proc/self/task/${process.pid}/schedstat`;
let spent = processorMs();
let busyMs = 0;
let rss = 0;
setInterval(() => {
  // What the main thread did since the last time was one piece of work, or several short ones.
  const now = processorMs();
  busyMs = Math.max(busyMs, now - spent);
  spent = now;
  rss = Math.max(rss, process.memoryUsage.rss());
}, RESOLUTION_MS).unref();

// Later than the timer, which has to see the last piece of work too.
process.on('message', () => setTimeout(tell, 2 * RESOLUTION_MS).unref());
// The listener for messages must not keep the process alive.
process.channel?.unref();

function tell() {
  process.send?.({ blockedMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS), busyMs, megabytes: rss / 1e6 });
  delay.reset();
  busyMs = 0;
  rss = 0;
}

/** Of the main thread alone, in milliseconds; 0 where nothing tells it. */
function processorMs() {
  try {
    return Number(readFileSync(SCHEDULE, 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    return 0;
  }
}
