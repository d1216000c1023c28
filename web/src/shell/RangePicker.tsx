import { Popover, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useNow } from '../shared/time/clock';
import { clock, dateTime, day, offsetText, wallText } from '../shared/time/format';
import { isRelative, parseTime, presets, resolve, shift, type TimeRange } from '../shared/time/range';
import { browserZone } from '../shared/time/zone';
import { useRange, useZone } from '../shared/time/useTime';
import { Icon } from '../shared/ui/Icon';
import { useKeys } from '../shared/ui/keys';
import { useUrl } from '../shared/url';
import styles from './Shell.module.css';

export function RangePicker() {
  const range = useRange();
  const zone = useZone();
  const now = useNow();
  const [, change] = useUrl();
  const [open, setOpen] = useState(false);
  const step = (direction: -1 | 1) => change(shift(range, direction, Date.now(), zone));
  useKeys('Time range', [{ keys: 'd', label: 'Choose the time range', run: () => setOpen(true) }]);

  return (
    <div className={styles.segment} role="group" aria-label="Time range">
      <button
        type="button"
        className={`${styles.tool} ${styles.step} ${styles.wide}`}
        aria-label="Earlier"
        onClick={() => step(-1)}
      >
        <Icon name="left" size={14} />
      </button>
      <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <button
            type="button"
            className={styles.tool}
            onClick={() => setOpen(!open)}
            aria-label={`Time range: ${rangeText(range, zone, now)}, times in ${zone}`}
          >
            <Icon name="clock" size={14} />
            {rangeText(range, zone, now)}
            <span className={`dim ${styles.wide}`}>{zone === 'UTC' ? 'UTC' : offsetText(now, zone)}</span>
          </button>
        </Popover.Target>
        <Popover.Dropdown p={0}>
          {open && (
            <RangeForm
              range={range}
              zone={zone}
              done={(next, tz) => {
                change({ ...next, tz });
                setOpen(false);
              }}
            />
          )}
        </Popover.Dropdown>
      </Popover>
      <Tooltip label="Later" openDelay={400}>
        <button
          type="button"
          className={`${styles.tool} ${styles.step} ${styles.wide}`}
          aria-label="Later"
          onClick={() => step(1)}
        >
          <Icon name="right" size={14} />
        </button>
      </Tooltip>
    </div>
  );
}

function rangeText(range: TimeRange, zone: string, now: number): string {
  if (range.to === 'now' && isRelative(range.from))
    return presets.find((preset) => preset.from === range.from)?.label ?? `Last ${range.from.replace(/^(now)?-/, '')}`;
  const { from, to } = resolve(range, now, zone);
  const end = isRelative(range.to) ? 'now' : day(from, zone) === day(to, zone) ? clock(to, zone) : dateTime(to, zone);
  return `${dateTime(from, zone)} – ${end}`;
}

function RangeForm({
  range,
  zone,
  done,
}: {
  range: TimeRange;
  zone: string;
  done: (range: TimeRange, tz?: string) => void;
}) {
  const [from, setFrom] = useState(shown(range.from, zone));
  const [to, setTo] = useState(shown(range.to, zone));
  const [tz, setTz] = useState(zone);
  const now = useNow();
  const start = parseTime(from, now, tz);
  const end = parseTime(to, now, tz);
  const wrong = start === null || end === null || start >= end;
  const zoneOf = (name: string) => (name === browserZone ? undefined : name);
  const keep = (text: string) => (isRelative(text) ? text.trim() : String(parseTime(text, now, tz)));
  const zones = [...new Set([browserZone, 'UTC', zone])];

  return (
    <div className={styles.range}>
      <div>
        {presets.map((preset) => (
          <button
            key={preset.from}
            type="button"
            className={styles.preset}
            aria-pressed={range.from === preset.from && range.to === 'now'}
            onClick={() => done({ from: preset.from, to: 'now' }, zoneOf(tz))}
          >
            {preset.label}
          </button>
        ))}
      </div>
      <div>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!wrong) done({ from: keep(from), to: keep(to) }, zoneOf(tz));
          }}
        >
          <label className={styles.field}>
            From
            <input
              value={from}
              onChange={(event) => setFrom(event.target.value)}
              aria-invalid={start === null}
              spellCheck={false}
            />
          </label>
          <label className={styles.field}>
            To
            <input
              value={to}
              onChange={(event) => setTo(event.target.value)}
              aria-invalid={end === null}
              spellCheck={false}
            />
          </label>
          <label className={styles.field}>
            Zone
            <select value={tz} onChange={(event) => setTz(event.target.value)}>
              {zones.map((name) => (
                <option key={name} value={name}>
                  {name === browserZone && name !== 'UTC' ? `${name} (browser)` : name}
                </option>
              ))}
            </select>
          </label>
          <p className={styles.hint} role={wrong ? 'alert' : undefined}>
            {start !== null && end !== null && start >= end
              ? '“From” has to lie before “To”.'
              : '-15m · now · 2026-11-21 14:03 · ISO-8601'}
          </p>
          <button type="submit" className={styles.apply} disabled={wrong}>
            Apply
          </button>
        </form>
      </div>
    </div>
  );
}

function shown(text: string, zone: string): string {
  return isRelative(text) ? text : wallText(parseTime(text, 0, zone) ?? 0, zone);
}
