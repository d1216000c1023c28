import { offsetMinutes, partsOf } from './zone';

const two = (value: number) => String(value).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function epochOf(time: string | number): number {
  return typeof time === 'number' ? time : Date.parse(time);
}

/** "14:03:07.123" */
export function clock(epoch: number, zone: string, detail: 'm' | 's' | 'ms' = 's'): string {
  const { hour, minute, second } = partsOf(epoch, zone);
  const text = `${two(hour)}:${two(minute)}`;
  if (detail === 'm') return text;
  const withSeconds = `${text}:${two(second)}`;
  return detail === 's' ? withSeconds : `${withSeconds}.${String(Math.floor(epoch) % 1000).padStart(3, '0')}`;
}

/** "21 Nov", with the year when it is not the present one. */
export function day(epoch: number, zone: string, now = Date.now()): string {
  const parts = partsOf(epoch, zone);
  const year = partsOf(now, zone).year === parts.year ? '' : ` ${parts.year}`;
  return `${parts.day} ${months[parts.month - 1]}${year}`;
}

/** "21 Nov 14:03:07" */
export function dateTime(epoch: number, zone: string, detail: 'm' | 's' | 'ms' = 's'): string {
  return `${day(epoch, zone)} ${clock(epoch, zone, detail)}`;
}

/** "2026-11-21 14:03:07": the form that the range fields accept back. */
export function wallText(epoch: number, zone: string): string {
  const parts = partsOf(epoch, zone);
  return `${parts.year}-${two(parts.month)}-${two(parts.day)} ${clock(epoch, zone)}`;
}

/** ISO-8601 with the zone's offset, for copying. */
export function isoWithOffset(epoch: number, zone: string): string {
  const offset = offsetMinutes(epoch, zone);
  const sign = offset < 0 ? '-' : '+';
  const size = Math.abs(offset);
  const suffix = offset === 0 ? 'Z' : `${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  const ms = String(Math.floor(epoch) % 1000).padStart(3, '0');
  return `${wallText(epoch, zone).replace(' ', 'T')}.${ms}${suffix}`;
}

/** "UTC", "UTC+5:30" */
export function offsetText(epoch: number, zone: string): string {
  const offset = offsetMinutes(epoch, zone);
  if (offset === 0) return 'UTC';
  const size = Math.abs(offset);
  return `UTC${offset < 0 ? '−' : '+'}${Math.floor(size / 60)}${size % 60 ? `:${two(size % 60)}` : ''}`;
}

/** "now", "42 s", "5 min", "3 h", "12 d" */
export function age(ms: number): string {
  const seconds = Math.round(Math.max(ms, 0) / 1000);
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

export function ago(epoch: number, now: number): string {
  const text = age(now - epoch);
  return text === 'now' ? 'just now' : `${text} ago`;
}

/** A duration in nanoseconds: "850 µs", "12.4 ms", "1.25 s", "3 min 2 s" */
export function duration(nanos: number): string {
  if (nanos < 1e3) return `${Math.round(nanos)} ns`;
  if (nanos < 1e6) return `${short(nanos / 1e3)} µs`;
  if (nanos < 1e9) return `${short(nanos / 1e6)} ms`;
  if (nanos < 60e9) return `${short(nanos / 1e9)} s`;
  const seconds = Math.round(nanos / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function short(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : String(Math.round(value));
}
