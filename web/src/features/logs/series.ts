import type { Family } from '../../shared/api/types';
import { stackOrder } from '../../shared/charts/stack';
import { adds, textOf, type QueryAnswer, type Shape, type Value } from './answer';

/** One line, or one part of the bars, of a chart over time. */
export interface Series {
  name: string;
  /** One per step; null where the answer has none. */
  values: (number | null)[];
  total: number;
}

/** All series of one measure. */
export interface Panel {
  measure: string;
  additive: boolean;
  series: Series[];
  /** Groups that are not drawn: in "other" when the measure adds up, else left out. */
  hidden: number;
}

export interface ChartModel {
  /** Beginnings of the steps, epoch ms, ascending. */
  times: number[];
  stepMs: number;
  panels: Panel[];
}

export const mostSeries = 10;
export const missingName = '(missing)';

export function chartOf(answer: Pick<QueryAnswer, 'columns' | 'rows'>, shape: Shape): ChartModel {
  const times = [...new Set(answer.rows.map((row) => Date.parse(String(row[shape.time]))))]
    .filter((time) => !Number.isNaN(time))
    .sort((a, b) => a - b);
  const at = new Map(times.map((time, i) => [time, i]));
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  const stepMs = gaps.length > 0 ? Math.min(...gaps) : 60_000;
  const byMeasure = shape.measures.map((column) => ({
    measure: answer.columns[column]!.name,
    series: seriesOf(answer.rows, shape, column, at),
  }));
  // One order for all, so that a group has one colour: by what adds up if anything does.
  const leading = byMeasure.find(({ measure }) => adds(measure)) ?? byMeasure[0];
  const order = ranked(leading?.series ?? new Map<string, Series>());
  return { times, stepMs, panels: byMeasure.map(({ measure, series }) => panelOf(measure, series, order)) };
}

function seriesOf(rows: Value[][], shape: Shape, column: number, at: Map<number, number>): Map<string, Series> {
  const found = new Map<string, Series>();
  for (const row of rows) {
    const step = at.get(Date.parse(String(row[shape.time])));
    if (step === undefined) continue;
    const name = nameOf(row, shape);
    let series = found.get(name);
    if (!series) found.set(name, (series = { name, values: new Array<number | null>(at.size).fill(null), total: 0 }));
    const value = numberOf(row[column]!);
    series.values[step] = value;
    series.total += value ?? 0;
  }
  return found;
}

/** Names of the groups, greatest first; levels have an order of their own, the severest at the bottom. */
function ranked(series: Map<string, Series>): string[] {
  // A step in which nothing happened has one row without a group: that is no series.
  const held = [...series.values()].filter(({ name, total }) => series.size === 1 || total !== 0 || name !== missingName);
  const severity = (name: string) => stackOrder.indexOf(name as Family);
  return held
    .toSorted((a, b) => Math.abs(b.total) - Math.abs(a.total))
    .toSorted((a, b) => (held.every(({ name }) => severity(name) >= 0) ? severity(a.name) - severity(b.name) : 0))
    .map(({ name }) => name);
}

function panelOf(measure: string, all: Map<string, Series>, order: string[]): Panel {
  const additive = adds(measure);
  const ordered = order.map((name) => all.get(name)!);
  if (ordered.length <= mostSeries) return { measure, additive, series: ordered, hidden: 0 };
  const rest = ordered.slice(mostSeries - 1);
  if (!additive) return { measure, additive, series: ordered.slice(0, mostSeries - 1), hidden: rest.length };
  const other: Series = {
    name: `other (${rest.length})`,
    values: rest[0]!.values.map((_, i) => rest.reduce((sum, { values }) => sum + (values[i] ?? 0), 0)),
    total: rest.reduce((sum, { total }) => sum + total, 0),
  };
  return { measure, additive, series: [...ordered.slice(0, mostSeries - 1), other], hidden: rest.length };
}

function nameOf(row: Value[], shape: Shape): string {
  return shape.keys.map(({ column }) => (row[column] === null ? missingName : textOf(row[column]!) || '(empty)')).join(' · ');
}

const numberOf = (value: Value): number | null =>
  typeof value === 'number' ? value : typeof value === 'string' && value !== '' && !Number.isNaN(Number(value)) ? Number(value) : null;

/** A few round numbers from 0, or below it, to the top of what is drawn. */
export function ticks(low: number, high: number, most: number): number[] {
  const bottom = Math.min(0, low);
  const top = high > bottom ? high : bottom + 1;
  const rough = (top - bottom) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough)!;
  const first = Math.floor(bottom / step) * step;
  return Array.from({ length: Math.ceil((top - first) / step - 1e-9) + 1 }, (_, i) => Number((first + i * step).toPrecision(12)));
}

/** Bottom and top of each part of each step, the first series at the bottom. */
export function stacked(series: Series[]): [number, number][][] {
  const tops = new Array<number>(series[0]?.values.length ?? 0).fill(0);
  return series.map(({ values }) =>
    values.map((value, i) => {
      const bottom = tops[i]!;
      tops[i] = bottom + Math.max(value ?? 0, 0);
      return [bottom, tops[i]!];
    }),
  );
}
