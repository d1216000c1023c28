import { describe, expect, it } from 'vitest';
import { parseTime, resolve, shift, zoomOut } from './range';

const now = Date.UTC(2026, 10, 21, 12, 0, 0);

describe('parseTime', () => {
  it.each([
    ['now', now],
    ['-15m', now - 15 * 60_000],
    ['now-2h', now - 2 * 3_600_000],
    [' -1w ', now - 7 * 86_400_000],
    ['1795262400123', 1795262400123],
    ['2026-11-21T13:00:00+01:00', now],
    ['2026-11-21T12:00:00.5Z', now + 500],
  ])('reads %s', (text, expected) => expect(parseTime(text, now, 'UTC')).toBe(expected));

  it.each(['', 'soon', '-15', '15m', '2026-11-21T', '21.11.2026'])('refuses %j', (text) =>
    expect(parseTime(text, now, 'UTC')).toBeNull(),
  );

  it('takes a time without an offset for the zone’s wall time, on both sides of a clock change', () => {
    expect(parseTime('2026-07-01 14:00', now, 'Europe/Berlin')).toBe(Date.UTC(2026, 6, 1, 12));
    expect(parseTime('2026-11-21 13:00:00.250', now, 'Europe/Berlin')).toBe(now + 250);
    expect(parseTime('2026-11-21', now, 'America/New_York')).toBe(Date.UTC(2026, 10, 21, 5));
  });
});

describe('ranges', () => {
  it('never resolve to nothing or backwards', () => {
    expect(resolve({ from: 'now', to: '-1h' }, now, 'UTC')).toEqual({ from: now - 2 * 3_600_000, to: now - 3_600_000 });
  });

  it('shift by half their width', () => {
    expect(shift({ from: '-2h', to: 'now' }, -1, now, 'UTC')).toEqual({
      from: String(now - 3 * 3_600_000),
      to: String(now - 3_600_000),
    });
  });

  it('zoom out around the middle, and stay at now when they end there', () => {
    expect(zoomOut({ from: '-12h', to: 'now' }, now, 'UTC')).toEqual({ from: '-1d', to: 'now' });
    expect(zoomOut({ from: String(now - 4000), to: String(now - 2000) }, now, 'UTC')).toEqual({
      from: String(now - 5000),
      to: String(now - 1000),
    });
  });
});
