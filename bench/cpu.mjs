/** The CPU time of this process since `start`: all threads, user and system, in nanoseconds. */
export function cpuSince(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) * 1000;
}
