/** 0.42 s, 12.3 s, 3 min 05 s, 2 h 14 min. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  const twoDigits = (n: number) => String(Math.floor(n)).padStart(2, '0');
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

/** No more digits than an estimate deserves: 42 s, 3 min 10 s, 42 min, 2 h 14 min. */
export function formatAbout(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const tens = Math.round(seconds / 10) * 10;
  const minutes = Math.floor(tens / 60);
  if (minutes >= 10) return minutes < 60 ? `${minutes} min` : formatDuration(seconds);
  return `${minutes} min ${String(tens % 60).padStart(2, '0')} s`;
}
