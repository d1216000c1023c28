import type { PointerEvent } from 'react';
import { clock, dateTime, day } from '../../shared/time/format';
import { brief } from '../../shared/ui/number';
import styles from './Result.module.css';
import { stacked, ticks, type ChartModel, type Series } from './series';

export type ChartKind = 'bar' | 'area' | 'line';

const left = 52;
const right = 14;
export const top = 8;
export const bottom = 20;

export type Scale = ReturnType<typeof scaleOf>;

/** Where steps and values lie on the drawing. */
export function scaleOf(model: ChartModel, shown: Series[], piled: boolean, width: number, height: number) {
  const steps = model.times.length;
  const span = Math.max(width - left - right, 1);
  const piles = piled ? stacked(shown) : [];
  const values = shown.flatMap(({ values }) => values.filter((value) => value !== null));
  const high = piled ? Math.max(0, ...(piles.at(-1) ?? []).map(([, end]) => end)) : Math.max(0, ...values);
  const marks = ticks(Math.min(0, ...values), high, Math.max(2, Math.floor(height / 48)));
  const [low, most] = [marks[0]!, marks.at(-1)!];
  const x = (step: number) => left + (step / Math.max(steps, 1)) * span;
  const y = (value: number) => top + (1 - (value - low) / (most - low)) * (height - top - bottom);
  const stepAt = (event: PointerEvent<HTMLDivElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left - left;
    return at < 0 || at > span ? undefined : Math.min(Math.floor((at / span) * steps), steps - 1);
  };
  return { x, y, stepAt, marks, piles };
}

export function Axes({ scale, model, width, height, zone }: { scale: Scale; model: ChartModel; width: number; height: number; zone: string }) {
  const { times, stepMs } = model;
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0) + stepMs;
  const room = Math.max(1, Math.floor((width - left - right) / 84));
  const every = Math.max(1, Math.ceil(times.length / room));
  const label = (time: number) =>
    span > 2 * 86_400_000 ? (stepMs >= 86_400_000 ? day(time, zone) : dateTime(time, zone, 'm')) : clock(time, zone, span < 600_000 ? 's' : 'm');
  return (
    <g className={styles.axes}>
      {scale.marks.map((mark) => (
        <g key={mark}>
          <line x1={left} x2={width - right} y1={scale.y(mark)} y2={scale.y(mark)} />
          <text x={left - 6} y={scale.y(mark) + 4} textAnchor="end">
            {brief(mark)}
          </text>
        </g>
      ))}
      {times.map((time, i) =>
        i % every === 0 && scale.x(i) < width - right - 30 ? (
          <text key={time} x={scale.x(i)} y={height - 5}>
            {label(time)}
          </text>
        ) : null,
      )}
    </g>
  );
}

interface MarksProps {
  scale: Scale;
  model: ChartModel;
  shown: Series[];
  colors: Map<string, string>;
  kind: ChartKind;
  piled: boolean;
}

export function Marks({ scale, model, shown, colors, kind, piled }: MarksProps) {
  if (kind === 'bar') return <Bars {...{ scale, shown, colors, piled }} steps={model.times.length} />;
  return shown.map((series, i) => {
    const color = colors.get(series.name)!;
    const edges = piled ? scale.piles[i]! : series.values.map((value): [number, number] | null => (value === null ? null : [0, value]));
    return (
      <g key={series.name}>
        {kind === 'area' && <path d={areaOf(edges, scale)} fill={color} fillOpacity={piled ? 0.75 : 0.18} />}
        <path d={lineOf(edges, scale)} fill="none" stroke={color} strokeWidth={1.8} strokeLinejoin="round" strokeLinecap="round" />
      </g>
    );
  });
}

function Bars({ scale, shown, colors, piled, steps }: Omit<MarksProps, 'kind' | 'model'> & { steps: number }) {
  const slot = scale.x(1) - scale.x(0);
  const gap = slot > 6 ? Math.min(slot * 0.16, 4) : 0;
  const width = Math.max((slot - gap) / (piled ? 1 : Math.max(shown.length, 1)), 0.8);
  return shown.map((series, i) => (
    <g key={series.name} fill={colors.get(series.name)}>
      {Array.from({ length: steps }, (_, step) => {
        const value = series.values[step];
        if (value === null || value === undefined || value === 0) return null;
        const [low, high] = piled ? scale.piles[i]![step]! : [Math.min(0, value), Math.max(0, value)];
        const x = scale.x(step) + gap / 2 + (piled ? 0 : i * width);
        return <rect key={step} x={x} width={width} y={scale.y(high)} height={Math.max(scale.y(low) - scale.y(high), 1)} />;
      })}
    </g>
  ));
}

type Edges = ([number, number] | null)[];

/** A gap in the values is a gap in the line; a value alone between gaps is a short stroke, so that it can be seen. */
function lineOf(edges: Edges, scale: Scale): string {
  return edges
    .map((edge, i) => {
      if (!edge) return '';
      const point = `${scale.x(i + 0.5).toFixed(1)} ${scale.y(edge[1]).toFixed(1)}`;
      return edges[i - 1] ? `L${point}` : edges[i + 1] ? `M${point}` : `M${point}h0.01`;
    })
    .join('');
}

function areaOf(edges: Edges, scale: Scale): string {
  let path = '';
  for (let start = 0; start < edges.length; start++) {
    if (!edges[start]) continue;
    let end = start;
    while (edges[end + 1]) end++;
    const upper = edges.slice(start, end + 1).map((edge, i) => `${scale.x(start + i + 0.5).toFixed(1)} ${scale.y(edge![1]).toFixed(1)}`);
    const lower = edges.slice(start, end + 1).map((edge, i) => `${scale.x(start + i + 0.5).toFixed(1)} ${scale.y(edge![0]).toFixed(1)}`);
    path += `M${upper.join('L')}L${lower.reverse().join('L')}Z`;
    start = end;
  }
  return path;
}
