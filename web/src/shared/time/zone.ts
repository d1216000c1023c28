export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Minutes east of UTC that the zone's clocks show at the instant. */
export function offsetMinutes(epoch: number, zone: string): number {
  const parts = partsOf(epoch, zone);
  const shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return Math.round((shown - Math.floor(epoch / 1000) * 1000) / 60_000);
}

/** The instant at which the zone's clocks show [year, month, day, hour, minute, second, ms]. */
export function wallTimeToEpoch(wall: number[], zone: string): number {
  const [year, month, day, hour, minute, second, ms] = wall as [number, number, number, number, number, number, number];
  const naive = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  // The offset at the guess may lie on the other side of a clock change, so it is asked for twice.
  const guess = naive - offsetMinutes(naive, zone) * 60_000;
  return naive - offsetMinutes(guess, zone) * 60_000;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(zone, found);
  }
  return found;
}

export interface WallParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

export function partsOf(epoch: number, zone: string): WallParts {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter(zone).formatToParts(epoch)) parts[type] = Number(value);
  return parts as unknown as WallParts;
}
