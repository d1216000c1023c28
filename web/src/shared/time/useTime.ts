import { useMemo } from 'react';
import { useUrl } from '../url';
import { useNow } from './clock';
import { ago, dateTime, epochOf, isoWithOffset } from './format';
import { defaultRange, isRelative, parseTime, resolve, type TimeRange } from './range';
import { browserZone, isZone } from './zone';

export function useZone(): string {
  const [{ tz }] = useUrl();
  return tz && isZone(tz) ? tz : browserZone;
}

/** The range of the URL; ends that cannot be read are the default's. */
export function useRange(): TimeRange {
  const [{ from, to }] = useUrl();
  const zone = useZone();
  return useMemo(() => {
    const readable = (text?: string) => text !== undefined && parseTime(text, 0, zone) !== null;
    return { from: readable(from) ? from! : defaultRange.from, to: readable(to) ? to! : defaultRange.to };
  }, [from, to, zone]);
}

/** The range as the API takes it: relative ends as they are, others as epoch milliseconds. */
export function useApiRange(): TimeRange {
  const range = useRange();
  const zone = useZone();
  return useMemo(() => {
    const end = (text: string) =>
      isRelative(text) ? text.trim().replace(/^now\s*-/, '-') : String(parseTime(text, 0, zone));
    return { from: end(range.from), to: end(range.to) };
  }, [range, zone]);
}

/** The ends in epoch ms as of now, renewed with the clock while an end is relative. */
export function useResolvedRange(): { from: number; to: number } {
  const range = useRange();
  const zone = useZone();
  const now = useNow();
  const moving = isRelative(range.from) || isRelative(range.to);
  const at = moving ? now : 0;
  return useMemo(() => resolve(range, at, zone), [range, at, zone]);
}

export function useTimeTexts() {
  const zone = useZone();
  const now = useNow();
  return {
    zone,
    now,
    full: (time: string | number) => dateTime(epochOf(time), zone, 'ms'),
    ago: (time: string | number) => ago(epochOf(time), now),
    title: (time: string | number) => `${isoWithOffset(epochOf(time), zone)} (${ago(epochOf(time), now)})`,
  };
}
