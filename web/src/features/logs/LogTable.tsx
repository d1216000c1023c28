import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { LogEntry } from '../../shared/api/types';
import { clock, day, epochOf } from '../../shared/time/format';
import { useZone } from '../../shared/time/useTime';
import { LevelMark } from '../../shared/ui/Marks';
import { plural } from '../../shared/ui/number';
import { EmptyEver, EmptyFiltered, Loading } from '../../shared/ui/StateBlock';
import { To } from '../../shared/ui/To';
import { useUrl } from '../../shared/url';
import styles from './Logs.module.css';
import { fieldText } from './rows';

const rowPx = 24;
const ahead = 60;
const scrolledPx = 16;

interface Props {
  rows: LogEntry[];
  pending: boolean;
  stale: boolean;
  more: boolean;
  loadMore: () => void;
  ended: boolean;
  filtered: boolean;
  waiting: number;
  onShowNew: () => void;
  onScrolled: (scrolled: boolean) => void;
  onClear: () => void;
  /** Further fields to show in every row. */
  columns: string[];
  /** What is said behind the last row. */
  end?: string;
}

export function LogTable(props: Props) {
  const { rows, more, loadMore, waiting } = props;
  const [url, change] = useUrl();
  const zone = useZone();
  const wrap = url.wrap === '1';
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer's own state decides what is drawn
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
    getItemKey: (i) => rows[i]!.id,
  });
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && rows.length > 0 && last > rows.length - ahead) loadMore();
  }, [last, more, rows.length, loadMore]);

  const selected = rows.findIndex((row) => row.id === url.sel);
  useEffect(() => {
    if (selected >= 0) virtual.scrollToIndex(selected, { align: 'auto' });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when another row is chosen
  }, [url.sel]);

  const showNew = () => {
    props.onShowNew();
    scroller.current?.scrollTo({ top: 0 });
  };

  return (
    <div className={styles.tableHost}>
      {waiting > 0 && (
        <button type="button" className={styles.fresh} onClick={showNew}>
          {plural(waiting, 'new record')} – show
        </button>
      )}
      <div
        ref={scroller}
        className={styles.scroller}
        data-stale={props.stale || undefined}
        tabIndex={0}
        role="region"
        aria-label="Log records, newest first"
        onScroll={(event) => props.onScrolled(event.currentTarget.scrollTop > scrolledPx)}
      >
        {props.pending ? (
          <Loading what="log records" rows={14} />
        ) : rows.length === 0 ? (
          <Nothing filtered={props.filtered} onClear={props.onClear} />
        ) : (
          <>
            <ol style={{ height: virtual.getTotalSize() }} data-wrap={wrap || undefined}>
              {drawn.map((item) => {
                const row = rows[item.index]!;
                const at = epochOf(row.time);
                return (
                  <li
                    key={item.key}
                    data-index={item.index}
                    ref={wrap ? virtual.measureElement : undefined}
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    <button
                      type="button"
                      className={styles.row}
                      data-level={row.level}
                      aria-pressed={row.id === url.sel}
                      onClick={() => change({ sel: row.id === url.sel ? undefined : row.id })}
                    >
                      <span className={styles.time}>
                        <span className={styles.day}>{day(at, zone)} </span>
                        {clock(at, zone, 'ms')}
                      </span>
                      <LevelMark level={row.level} />
                      <span className={styles.service}>{row.service}</span>
                      {props.columns.map((name) => (
                        <span key={name} className={styles.column} title={`${name}: ${fieldText(row, name)}`}>
                          <i>{name}</i> {fieldText(row, name) || '–'}
                        </span>
                      ))}
                      <span className={styles.body}>{row.body}</span>
                    </button>
                  </li>
                );
              })}
            </ol>
            <p className={styles.end}>
              {props.ended
                ? (props.end ?? 'The end: the range holds no older record that matches.')
                : 'Loading older records…'}
            </p>
          </>
        )}
      </div>
    </div>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered)
    return (
      <EmptyFiltered what="log records" onClear={onClear}>
        Nothing in this time range fits the query and the filters.
      </EmptyFiltered>
    );
  return (
    <EmptyEver title="No log record in this time range">
      Choose a longer range, or <To to="/add-data">add data</To>.
    </EmptyEver>
  );
}
