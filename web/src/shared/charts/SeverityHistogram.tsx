import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { families, type Family, type Histogram, type HistogramBucket } from '../api/types';
import { clock, dateTime, day } from '../time/format';
import { brief, count } from '../ui/number';
import { useZone } from '../time/useTime';
import styles from './SeverityHistogram.module.css';
import { bucketTotal, cumulated, histogramSentence, stackOrder } from './stack';

interface Props {
  histogram: Histogram;
  height?: number;
  /** A drag over the bars; epoch ms, aligned to buckets. */
  onZoom?: (from: number, to: number) => void;
  onZoomOut?: () => void;
  /** Click on a family in the legend. */
  onFamily?: (family: Family) => void;
  active?: string;
}

export function SeverityHistogram({ histogram, height = 96, onZoom, onZoomOut, onFamily, active }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  const zone = useZone();
  const [hovered, setHovered] = useState<HistogramBucket>();
  const [asTable, setAsTable] = useState(false);
  const zoom = useRef(onZoom);
  const zoomOut = useRef(onZoomOut);
  useEffect(() => {
    zoom.current = onZoom;
    zoomOut.current = onZoomOut;
  });

  useEffect(() => {
    const element = host.current;
    if (!element || asTable) return;
    const chart = draw(element, histogram, height, zone, {
      hover: setHovered,
      zoom: (from, to) => zoom.current?.(from, to),
      canZoom: zoom.current !== undefined,
    });
    const out = () => zoomOut.current?.();
    chart.over.addEventListener('dblclick', out);
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [histogram, height, zone, scheme, asTable]);

  return (
    <figure className={styles.figure}>
      <figcaption className={styles.legend}>
        {families
          .filter((family) => histogram.totals[family] > 0)
          .map((family) => {
            const inner = (
              <>
                <i style={{ background: `var(--${family}-fill)` }} />
                {family} <b>{count(histogram.totals[family])}</b>
              </>
            );
            return onFamily ? (
              <button key={family} type="button" aria-pressed={active === family} onClick={() => onFamily(family)}>
                {inner}
              </button>
            ) : (
              <span key={family}>{inner}</span>
            );
          })}
        <span className={styles.hover}>{hovered && hoverText(hovered, histogram.stepMs, zone)}</span>
        <button type="button" className={styles.twin} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'View as chart' : 'View as table'}
        </button>
      </figcaption>
      {asTable ? (
        <Twin histogram={histogram} zone={zone} height={height} />
      ) : (
        <div
          ref={host}
          className={styles.plot}
          style={{ height }}
          role="img"
          aria-label={histogramSentence(histogram)}
        />
      )}
    </figure>
  );
}

function hoverText(bucket: HistogramBucket, stepMs: number, zone: string): string {
  const parts = stackOrder.filter((family) => bucket[family] > 0).map((family) => `${count(bucket[family])} ${family}`);
  const span = `${dateTime(bucket.time, zone)} – ${clock(bucket.time + stepMs, zone)}`;
  return `${span}: ${parts.length > 0 ? parts.join(', ') : 'nothing'}`;
}

function Twin({ histogram, zone, height }: { histogram: Histogram; zone: string; height: number }) {
  const rows = histogram.buckets.filter((bucket) => bucketTotal(bucket) > 0);
  return (
    <div
      className={styles.table}
      style={{ maxHeight: Math.max(height, 180) }}
      tabIndex={0}
      role="region"
      aria-label="Log records per time span"
    >
      <table>
        <thead>
          <tr>
            <th>From</th>
            {families.map((family) => (
              <th key={family} className="num">
                {family}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((bucket) => (
            <tr key={bucket.time}>
              <td className="nowrap">{dateTime(bucket.time, zone)}</td>
              {families.map((family) => (
                <td key={family} className="num">
                  {count(bucket[family] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Reactions {
  hover: (bucket: HistogramBucket | undefined) => void;
  zoom: (from: number, to: number) => void;
  canZoom: boolean;
}

function draw(host: HTMLElement, histogram: Histogram, height: number, zone: string, reactions: Reactions): uPlot {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const shown = families.filter((family) => histogram.totals[family] > 0);
  const { x, order, columns } = cumulated(histogram.buckets, shown);
  const step = histogram.stepMs / 1000;
  const span = (x.at(-1) ?? 0) - (x[0] ?? 0);
  const tick = (seconds: number) =>
    span > 2 * 86400 ? day(seconds * 1000, zone) : clock(seconds * 1000, zone, span < 600 ? 's' : 'm');
  const axis = { stroke: color('text-3'), font: '11px system-ui, sans-serif', ticks: { show: false } };

  return new uPlot(
    {
      width: host.clientWidth,
      height,
      padding: [6, 18, 0, 0],
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      cursor: { y: false, points: { show: false }, drag: { x: reactions.canZoom, y: false, setScale: false } },
      select: { show: reactions.canZoom, left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { time: true, range: () => [x[0] ?? 0, (x.at(-1) ?? 1) + step] },
        y: { range: (_, __, top) => [0, Math.max(1, top * 1.05)] },
      },
      axes: [
        { ...axis, size: 20, gap: 3, grid: { show: false }, values: (_, splits) => splits.map(tick) },
        {
          ...axis,
          size: 46,
          gap: 4,
          space: 26,
          grid: { stroke: color('line'), width: 1 },
          values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? brief(value) : '')),
        },
      ],
      series: [
        {},
        ...order.map((family) => ({
          fill: color(`${family}-fill`),
          width: 0,
          points: { show: false },
          paths: uPlot.paths.bars!({ size: [0.82, 60], align: 1, gap: 0 }),
        })),
      ],
      hooks: {
        setCursor: [
          (chart) => {
            const index = bucketAt(chart, step);
            reactions.hover(index === undefined ? undefined : histogram.buckets[index]);
          },
        ],
        setSelect: [
          (chart) => {
            if (chart.select.width < 4) return;
            const at = (pixel: number) => chart.posToVal(pixel, 'x');
            const from = Math.floor((at(chart.select.left) - x[0]!) / step) * step + x[0]!;
            const to = Math.ceil((at(chart.select.left + chart.select.width) - x[0]!) / step) * step + x[0]!;
            chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            reactions.zoom(Math.round(from * 1000), Math.round(to * 1000));
          },
        ],
      },
    },
    [x, ...columns],
    host,
  );
}

function bucketAt(chart: uPlot, step: number): number | undefined {
  const left = chart.cursor.left ?? -1;
  if (left < 0) return undefined;
  const first = chart.data[0][0];
  if (first === undefined) return undefined;
  return Math.floor((chart.posToVal(left, 'x') - first) / step);
}
