/** "30 days", "1 day", "12 hours" */
export function daysText(days: number): string {
  if (days < 1) return `${Math.round(days * 24)} hours`;
  const rounded = Math.round(days * 10) / 10;
  return rounded === 1 ? '1 day' : `${rounded.toLocaleString('en-US')} days`;
}

/** "3 Jan – 21 Nov 2026", one day once; the days are those of UTC. */
export function spanText(first?: string, last?: string): string {
  if (!first || !last) return '–';
  const [from, to] = [dayText(first), dayText(last)];
  if (first === last) return `${from.day} ${from.year}`;
  return from.year === to.year ? `${from.day} – ${to.day} ${to.year}` : `${from.day} ${from.year} – ${to.day} ${to.year}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dayText(iso: string): { day: string; year: string } {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
  return { day: `${Number(day)} ${months[Number(month) - 1]}`, year };
}

/** How far, from 0 to 1; undefined while nobody knows. */
export function partOf(progress?: { files: number; filesTotal: number; bytes: number; bytesTotal: number }): number | undefined {
  if (!progress) return undefined;
  if (progress.bytesTotal > 0) return Math.min(1, progress.bytes / progress.bytesTotal);
  return progress.filesTotal > 0 ? Math.min(1, progress.files / progress.filesTotal) : undefined;
}
