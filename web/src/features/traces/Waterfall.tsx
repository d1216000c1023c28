import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Trace, TraceSpan } from '../../shared/api/types';
import { duration } from '../../shared/time/format';
import { Icon } from '../../shared/ui/Icon';
import styles from './Traces.module.css';
import { barOf, hasFailed, type Extent } from './waterfall';

const rowPx = 26;
const tallest = 560;
const ticks = [0, 0.25, 0.5, 0.75, 1];
const hues = [215, 160, 280, 35, 195, 330, 95, 250];

export function Waterfall({
  trace,
  extent,
  selected,
  onSelect,
}: {
  trace: Trace;
  extent: Extent;
  selected?: string;
  onSelect: (spanId: string) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const { spans } = trace;
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer's own state decides what is drawn
  const virtual = useVirtualizer({
    count: spans.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 10,
  });
  const index = spans.findIndex((span) => span.spanId === selected);
  useEffect(() => {
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when another span is chosen
  }, [selected]);
  const hueOf = (service: string) => hues[Math.max(0, trace.services.indexOf(service)) % hues.length];

  return (
    <div>
      <div className={styles.ruler} aria-hidden="true">
        <span />
        <div>
          {ticks.map((tick) => (
            <span key={tick} style={{ left: `${tick * 100}%` }}>
              {tick === 0 ? '0' : duration(extent.nanos * tick)}
            </span>
          ))}
        </div>
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        style={{ maxHeight: tallest }}
        tabIndex={0}
        role="region"
        aria-label="Spans in order of their start, children below their parents"
      >
        <ol style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const span = spans[item.index]!;
            const bar = barOf(span, extent);
            const failed = hasFailed(span);
            return (
              <li key={item.key} style={{ transform: `translateY(${item.start}px)` }}>
                <button
                  type="button"
                  className={styles.span}
                  data-failed={failed || undefined}
                  aria-pressed={span.spanId === selected}
                  onClick={() => onSelect(span.spanId)}
                  aria-label={spokenOf(span)}
                >
                  <span className={styles.label} style={{ paddingLeft: Math.min(span.depth, 12) * 14 + 8 }}>
                    <i style={{ background: `hsl(${hueOf(span.service)} 55% 55%)` }} />
                    {failed && <Icon name="warning" size={12} />}
                    <b>{span.service}</b> {span.name}
                  </span>
                  <span className={styles.track}>
                    <span
                      className={styles.barLine}
                      style={{
                        left: `${bar.left * 100}%`,
                        width: `max(2px, ${bar.width * 100}%)`,
                        background: failed ? 'var(--error-fill)' : `hsl(${hueOf(span.service)} 45% 55%)`,
                      }}
                    />
                    <span
                      className={styles.took}
                      style={
                        bar.left + bar.width > 0.82
                          ? { right: `calc(${(1 - bar.left) * 100}% + 6px)` }
                          : { left: `calc(${(bar.left + bar.width) * 100}% + 6px)` }
                      }
                    >
                      {duration(span.durationNanos)}
                    </span>
                  </span>
                </button>
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

function spokenOf(span: TraceSpan): string {
  return `${span.service}: ${span.name}, ${duration(span.durationNanos)}${hasFailed(span) ? ', failed' : ''}`;
}
