import { useEffect, useMemo, useRef, useState, type PointerEvent } from 'react';
import { families, type Family } from '../../shared/api/types';
import { clock, dateTime } from '../../shared/time/format';
import { useZone } from '../../shared/time/useTime';
import { brief } from '../../shared/ui/number';
import { measureText } from './cells';
import { Axes, bottom, Marks, scaleOf, top, type ChartKind, type Scale } from './ChartDrawing';
import styles from './Result.module.css';
import type { ChartModel, Panel, Series } from './series';

/** One chart per measure over the same steps; a click in the legend hides a series, a drag narrows the time. */
export function TimeCharts({
  model,
  kind,
  onZoom,
}: {
  model: ChartModel;
  kind: ChartKind;
  onZoom: (from: number, to: number) => void;
}) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [step, setStep] = useState<number>();
  const toggle = (name: string, alone: boolean, all: Series[]) => {
    const next = new Set(hidden);
    if (alone) {
      const isAlone = all.every((each) => next.has(each.name) !== (each.name === name));
      all.forEach((each) => (isAlone || each.name === name ? next.delete(each.name) : next.add(each.name)));
    } else if (!next.delete(name)) next.add(name);
    setHidden(next);
  };
  return (
    <div className={styles.charts}>
      {model.panels.map((panel) => (
        <Chart
          key={panel.measure}
          {...{ model, panel, kind, hidden, step, setStep, onZoom }}
          height={model.panels.length > 1 ? 190 : 300}
          titled={model.panels.length > 1}
          onToggle={(name, alone) => toggle(name, alone, panel.series)}
        />
      ))}
    </div>
  );
}

interface ChartProps {
  model: ChartModel;
  panel: Panel;
  kind: ChartKind;
  height: number;
  titled: boolean;
  hidden: ReadonlySet<string>;
  step?: number;
  setStep: (step: number | undefined) => void;
  onZoom: (from: number, to: number) => void;
  onToggle: (name: string, alone: boolean) => void;
}

function Chart({ model, panel, kind, height, titled, hidden, step, setStep, onZoom, onToggle }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const zone = useZone();
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(host.current!);
    return () => observer.disconnect();
  }, []);
  const colors = useMemo(() => colorsOf(panel.series), [panel]);
  const shown = panel.series.filter(({ name }) => !hidden.has(name));
  const piled = kind !== 'line' && panel.additive;
  const scale = scaleOf(model, shown, piled, width, height);
  const brush = useBrush(scale, model, onZoom);
  return (
    <figure className={styles.chart}>
      {(titled || panel.series.length > 1 || panel.hidden > 0) && (
        <figcaption className={styles.legend}>
          {titled && <strong>{panel.measure}</strong>}
          {panel.series.length > 1 &&
            panel.series.map((series) => (
              <button
                key={series.name}
                type="button"
                aria-pressed={!hidden.has(series.name)}
                title={`${series.name}: click hides or shows it, with Shift it alone`}
                onClick={(event) => onToggle(series.name, event.shiftKey)}
              >
                <i style={{ background: colors.get(series.name) }} />
                <span className="ellipsis">{series.name}</span>
                {panel.additive && <b>{brief(series.total)}</b>}
              </button>
            ))}
          {panel.hidden > 0 && !panel.additive && <span>{panel.hidden} more groups are in the table</span>}
        </figcaption>
      )}
      <div
        ref={host}
        className={styles.plot}
        style={{ height }}
        onPointerMove={(event) => {
          setStep(scale.stepAt(event));
          brush.move(event);
        }}
        onPointerLeave={() => setStep(undefined)}
        onPointerDown={brush.start}
        onPointerUp={brush.end}
        onPointerCancel={brush.cancel}
      >
        <svg width={width} height={height} role="img" aria-label={sentenceOf(panel, model, zone)}>
          <Axes {...{ scale, model, width, height, zone }} />
          <Marks {...{ scale, model, shown, colors, kind, piled }} />
          {step !== undefined && (
            <line className={styles.cursor} x1={scale.x(step + 0.5)} x2={scale.x(step + 0.5)} y1={top} y2={height - bottom} />
          )}
          {brush.from !== undefined && brush.to !== undefined && (
            <rect
              className={styles.brush}
              x={scale.x(Math.min(brush.from, brush.to))}
              width={scale.x(Math.abs(brush.to - brush.from) + 1) - scale.x(0)}
              y={top}
              height={height - top - bottom}
            />
          )}
        </svg>
        {step !== undefined && <Tip {...{ model, shown, colors, step, zone, width, panel }} x={scale.x(step + 0.5)} />}
      </div>
    </figure>
  );
}

function useBrush(scale: Scale, model: ChartModel, onZoom: (from: number, to: number) => void) {
  const [from, setFrom] = useState<number>();
  const [to, setTo] = useState<number>();
  const cancel = () => {
    setFrom(undefined);
    setTo(undefined);
  };
  return {
    from,
    to,
    cancel,
    start: (event: PointerEvent<HTMLDivElement>) => {
      if (event.button !== 0 || event.pointerType !== 'mouse') return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setFrom(scale.stepAt(event));
    },
    move: (event: PointerEvent<HTMLDivElement>) => {
      const at = scale.stepAt(event);
      if (from !== undefined && at !== undefined && (to !== undefined || at !== from)) setTo(at);
    },
    end: () => {
      if (from !== undefined && to !== undefined) {
        const [first, last] = [Math.min(from, to), Math.max(from, to)];
        onZoom(model.times[first]!, model.times[last]! + model.stepMs);
      }
      cancel();
    },
  };
}

function Tip({
  model,
  panel,
  shown,
  colors,
  step,
  zone,
  width,
  x,
}: Pick<ChartProps, 'model' | 'panel'> & {
  shown: Series[];
  colors: Map<string, string>;
  step: number;
  zone: string;
  width: number;
  x: number;
}) {
  const from = model.times[step]!;
  const rows = shown.filter(({ values }) => values[step] !== null && values[step] !== undefined);
  const side = x > width / 2 ? { right: width - x + 10 } : { left: x + 10 };
  const end = from + model.stepMs;
  return (
    <div className={styles.tip} style={side} aria-hidden="true">
      <p>
        {dateTime(from, zone)} – {model.stepMs >= 86_400_000 ? dateTime(end, zone, 'm') : clock(end, zone)}
      </p>
      {rows.length === 0 && <p>nothing</p>}
      {rows
        .toSorted((a, b) => b.values[step]! - a.values[step]!)
        .map((series) => (
          <p key={series.name}>
            <i style={{ background: colors.get(series.name) }} />
            <span className="ellipsis">{series.name || panel.measure}</span>
            <b>{measureText(panel.measure, series.values[step]!)}</b>
          </p>
        ))}
    </div>
  );
}

/** Levels have their own colours everywhere; other groups take turns. */
function colorsOf(series: Series[]): Map<string, string> {
  const isLevel = series.length > 0 && series.every(({ name }) => families.includes(name as Family) || name.startsWith('other ('));
  return new Map(
    series.map(({ name }, i) => [
      name,
      name.startsWith('other (') ? 'var(--series-other)' : isLevel ? `var(--${name}-fill)` : `var(--series-${(i % 10) + 1})`,
    ]),
  );
}

function sentenceOf(panel: Panel, model: ChartModel, zone: string): string {
  const all = panel.series.flatMap(({ values }) => values.filter((value) => value !== null));
  if (all.length === 0) return `${panel.measure}: nothing in this range`;
  const groups = panel.series.length > 1 ? ` of ${panel.series.length} groups` : '';
  const first = dateTime(model.times[0]!, zone, 'm');
  const last = dateTime(model.times.at(-1)! + model.stepMs, zone, 'm');
  return `${panel.measure}${groups} from ${first} to ${last}; the highest value is ${measureText(panel.measure, Math.max(...all))}`;
}
