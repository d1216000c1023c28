import { useMemo } from 'react';
import type { LogEntry } from '../../shared/api/types';
import { Icon } from '../../shared/ui/Icon';
import { EmptyFiltered, Failure, Loading, Partial } from '../../shared/ui/StateBlock';
import { useUrl } from '../../shared/url';
import { displays, displaysOf, narrowed, shapeOf, type Display, type QueryAnswer, type Shape, type Value } from './answer';
import type { useAnswer } from './api';
import { PatternList } from './PatternList';
import { patternQuery } from './patterns';
import { LogTable } from './LogTable';
import { columnsOf, recordsOf } from './rows';
import { Stopped, useLogKeys } from './Records';
import { ResultBars } from './ResultBars';
import { ResultTable } from './ResultTable';
import styles from './Result.module.css';
import { chartOf } from './series';
import { TimeCharts } from './TimeChart';

/** What the answer looks like now, and how else it may look. */
export function useDisplay(answer?: QueryAnswer): { shape?: Shape; options: Display[]; display: Display } {
  const [url] = useUrl();
  const shape = useMemo(() => (answer ? shapeOf(answer) : undefined), [answer]);
  const options = answer && shape ? displaysOf(answer, shape) : (['table'] as Display[]);
  const wanted = displays.find((each) => each === url.view);
  return { shape, options, display: wanted && options.includes(wanted) ? wanted : options[0]! };
}

/** The answer of a query with pipes. */
export function Result({
  found,
  rows,
  onStop,
}: {
  found: ReturnType<typeof useAnswer>;
  /** The rows of the answer, when they are records. */
  rows: LogEntry[];
  onStop: () => void;
}) {
  const [url, change] = useUrl();
  const answer = found.data;
  const { shape, display } = useDisplay(answer);
  if (found.isPending && found.fetchStatus === 'idle' && !found.error)
    return <Stopped onRun={() => void found.refetch()} />;
  if (found.isPending) return <Running onStop={onStop} />;
  if (!answer || !shape)
    return <Failure what="The answer" problem={found.error} onRetry={() => void found.refetch()} />;
  const show = (q: string) => change({ q, view: undefined, sort: undefined, sel: undefined, tab: undefined, saved: undefined });
  const pick = (field: string, value: Value) => show(narrowed(url.q ?? '', shape, field, value));
  return (
    <div className={styles.result} data-stale={found.isPlaceholderData || undefined}>
      {answer.partial && (
        <Partial>
          {answer.scanned.badBlocks > 0
            ? `${answer.scanned.badBlocks} damaged blocks could not be read: the answer is incomplete.`
            : 'Not everything could be read: the answer is incomplete.'}
        </Partial>
      )}
      {answer.notes.map((note) => (
        <p key={note} className={styles.hint}>
          <Icon name="warning" size={13} /> {note}
        </p>
      ))}
      {answer.rows.length === 0 ? (
        <EmptyFiltered what="records">
          Nothing in this time range fits the query. Widen the range, or take a condition away.
        </EmptyFiltered>
      ) : display === 'records' ? (
        <AnsweredRecords answer={answer} rows={rows} />
      ) : display === 'patterns' ? (
        <PatternList answer={answer} onPick={(pattern) => show(patternQuery(url.q ?? '', pattern))} />
      ) : display === 'bars' ? (
        <ResultBars {...{ answer, shape }} onPick={pick} />
      ) : display === 'table' ? (
        <ResultTable {...{ answer, shape }} onPick={pick} />
      ) : (
        <Chart {...{ answer, shape, display }} onPick={pick} />
      )}
    </div>
  );
}

/** Rows that are still records look like the search for records. */
function AnsweredRecords({ answer, rows }: { answer: QueryAnswer; rows: LogEntry[] }) {
  const [url] = useUrl();
  useLogKeys(rows);
  const further = recordsOf(answer)?.further ?? [];
  return (
    <LogTable
      rows={rows}
      columns={[...further, ...columnsOf(url.cols)]}
      pending={false}
      stale={false}
      more={false}
      loadMore={() => undefined}
      ended
      end={answer.truncated ? 'There are more; the export has all.' : 'The end of the answer.'}
      filtered
      waiting={0}
      onShowNew={() => undefined}
      onScrolled={() => undefined}
      onClear={() => undefined}
    />
  );
}

/** The chart, and below it its figures. */
function Chart({
  answer,
  shape,
  display,
  onPick,
}: {
  answer: QueryAnswer;
  shape: Shape;
  display: 'bar' | 'area' | 'line';
  onPick: (field: string, value: Value) => void;
}) {
  const [, change] = useUrl();
  const model = useMemo(() => chartOf(answer, shape), [answer, shape]);
  const zoom = (from: number, to: number) => change({ from: String(from), to: String(to), live: undefined });
  return (
    <div className={styles.chartHost}>
      <TimeCharts model={model} kind={display} onZoom={zoom} />
      <ResultTable {...{ answer, shape, onPick }} onStep={(from) => zoom(from, from + model.stepMs)} />
    </div>
  );
}

export function Running({ onStop }: { onStop: () => void }) {
  return (
    <div className={styles.running}>
      <p>
        Running…{' '}
        <button type="button" onClick={onStop}>
          Stop (Esc)
        </button>
      </p>
      <Loading what="the answer" rows={10} />
    </div>
  );
}
