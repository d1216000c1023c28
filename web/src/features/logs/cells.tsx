import type { ReactNode } from 'react';
import { dateTime, duration, epochOf, isoWithOffset } from '../../shared/time/format';
import { LevelMark } from '../../shared/ui/Marks';
import { textOf, type Column, type Value } from './answer';
import { Trend } from './Trend';

const plain = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
const small = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** A number about a group as people read it. */
export function measureText(measure: string, value: number): string {
  if (/(^|_)duration$/.test(measure)) return duration(value);
  if (measure === 'share') return `${plain.format(value * 100)} %`;
  return value !== 0 && Math.abs(value) < 0.01 ? small.format(value) : plain.format(value);
}

const isCounts = (value: Value): value is number[] => Array.isArray(value) && value.every((count) => typeof count === 'number');

/** A value of a table. Groups stay as they are written, so that a status of 1500 is no 1,500. */
export function cellOf(column: Column, value: Value, zone: string, isMeasure: boolean): ReactNode {
  if (value === null) return <span className="dim">–</span>;
  if (value === '') return <span className="dim">(empty)</span>;
  if (column.kind === 'time') {
    const at = epochOf(String(value));
    return <time title={isoWithOffset(at, zone)}>{dateTime(at, zone, Number(at) % 1000 === 0 ? 's' : 'ms')}</time>;
  }
  if (column.kind === 'level') return <LevelMark level={String(value)} />;
  if (column.name === 'trend' && isCounts(value)) return <Trend values={value} label={textOf(value)} height={16} />;
  if (isMeasure && typeof value === 'number') return measureText(column.name, value);
  return textOf(value);
}
