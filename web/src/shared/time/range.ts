import { wallTimeToEpoch } from './zone';

/** A time range as the URL holds it: each end is relative ("-24h", "now") or absolute (epoch ms, ISO-8601). */
export interface TimeRange {
  from: string;
  to: string;
}

export const defaultRange: TimeRange = { from: '-24h', to: 'now' };

export const presets: { from: string; label: string }[] = [
  { from: '-15m', label: 'Last 15 minutes' },
  { from: '-1h', label: 'Last hour' },
  { from: '-6h', label: 'Last 6 hours' },
  { from: '-24h', label: 'Last 24 hours' },
  { from: '-7d', label: 'Last 7 days' },
  { from: '-30d', label: 'Last 30 days' },
];

const unitMs: Record<string, number> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };
const relative = /^(?:now)?\s*-\s*(\d+)\s*(s|m|h|d|w)$/i;
const wall = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?$/;

/** Epoch ms of what was typed or pasted, null when it is no time. A time without an offset is wall time in the zone. */
export function parseTime(text: string, now: number, zone: string): number | null {
  const trimmed = text.trim();
  if (/^now$/i.test(trimmed)) return now;
  const back = relative.exec(trimmed);
  if (back) return now - Number(back[1]) * unitMs[back[2]!.toLowerCase()]!;
  if (/^\d{12,14}$/.test(trimmed)) return Number(trimmed);
  const local = wall.exec(trimmed);
  if (local) {
    const [year, month, day, hour, minute, second, fraction] = local.slice(1).map((part) => Number(part ?? 0));
    const ms = (local[7] ?? '').padEnd(3, '0');
    return wallTimeToEpoch(
      [year!, month!, day!, hour!, minute!, second!, fraction === undefined ? 0 : Number(ms)],
      zone,
    );
  }
  if (/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/i.test(trimmed)) {
    const parsed = Date.parse(trimmed);
    return Number.isNaN(parsed) ? null : parsed;
  }
  return null;
}

export function isRelative(text: string): boolean {
  return /^now$/i.test(text.trim()) || relative.test(text.trim());
}

/** The ends in epoch milliseconds; an end that cannot be read falls back to the default's. */
export function resolve(range: TimeRange, now: number, zone: string): { from: number; to: number } {
  const to = parseTime(range.to, now, zone) ?? now;
  const from = parseTime(range.from, now, zone) ?? parseTime(defaultRange.from, now, zone)!;
  return from < to ? { from, to } : { from: to - 36e5, to };
}

/** Moves the range by half its width: -1 back, 1 forward. */
export function shift(range: TimeRange, direction: -1 | 1, now: number, zone: string): TimeRange {
  const { from, to } = resolve(range, now, zone);
  const step = ((to - from) / 2) * direction;
  return { from: String(Math.round(from + step)), to: String(Math.round(to + step)) };
}

/** Doubles the range around its middle; a range that ends now stays ending now. */
export function zoomOut(range: TimeRange, now: number, zone: string): TimeRange {
  const { from, to } = resolve(range, now, zone);
  const width = to - from;
  if (range.to === 'now') return { from: shortest(width * 2), to: 'now' };
  return { from: String(Math.round(from - width / 2)), to: String(Math.round(Math.min(to + width / 2, now))) };
}

function shortest(ms: number): string {
  for (const unit of ['d', 'h', 'm']) if (ms % unitMs[unit]! === 0) return `-${ms / unitMs[unit]!}${unit}`;
  return `-${Math.round(ms / 1000)}s`;
}
