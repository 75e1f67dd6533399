/** Milliseconds of processor time that this process has used: a busy machine makes no work longer. */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
