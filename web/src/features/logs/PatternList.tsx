import { useMemo } from 'react';
import type { TimeRange } from '../../shared/time/range';
import { dateTime, epochOf } from '../../shared/time/format';
import { useTimeTexts } from '../../shared/time/useTime';
import { Chip, LevelMark } from '../../shared/ui/Marks';
import { brief, count } from '../../shared/ui/number';
import { EmptyFiltered } from '../../shared/ui/StateBlock';
import { When } from '../../shared/ui/When';
import type { QueryAnswer } from './answer';
import { useAnswer } from './api';
import { isNew, patternsOf, pieces, trendQuery, trendsOf, trendStep, type Pattern } from './patterns';
import styles from './Result.module.css';
import { Trend } from './Trend';

/** Messages by their shape; a click shows the records of one. `filter` is what the trends are counted of, if they can be. */
export function PatternList({
  answer,
  filter,
  range,
  onPick,
}: {
  answer: QueryAnswer;
  filter?: string;
  range: TimeRange;
  onPick: (pattern: string) => void;
}) {
  const patterns = useMemo(() => patternsOf(answer), [answer]);
  const step = trendStep(Date.parse(answer.to) - Date.parse(answer.from));
  const trendText = filter === undefined ? undefined : trendQuery(filter, patterns, step);
  const trend = useAnswer(trendText ?? '', range, 10_000, trendText !== undefined);
  const trends = useMemo(() => (trend.data ? trendsOf(trend.data, step) : undefined), [trend.data, step]);
  // Where nothing is older, everything would be new.
  const old = patterns.some(({ first }) => !isNew(first, answer.from, answer.to));
  if (patterns.length === 0)
    return (
      <EmptyFiltered what="messages">Nothing in this time range fits the query. Widen the range or take a word away.</EmptyFiltered>
    );
  const most = Math.max(...patterns.map(({ count }) => count));
  return (
    <ol className={styles.patterns} aria-label="Patterns">
      {patterns.map((pattern, i) => (
        <Row
          key={i}
          pattern={pattern}
          most={most}
          trend={trends?.get(pattern.pattern)}
          fresh={old && isNew(pattern.first, answer.from, answer.to)}
          onPick={() => onPick(pattern.pattern)}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  pattern: Pattern;
  most: number;
  trend?: number[];
  fresh: boolean;
  onPick: () => void;
}

function Row({ pattern, most, trend, fresh, onPick }: RowProps) {
  const texts = useTimeTexts();
  return (
    <li data-level={pattern.level}>
      <button type="button" className={styles.pattern} onClick={onPick} title={`Show its records. The newest: ${pattern.example}`}>
        <span className={styles.patternCount}>
          <b title={count(pattern.count)}>{brief(pattern.count)}</b>
          <small>{(pattern.share * 100).toFixed(1)} %</small>
          <i aria-hidden="true" style={{ width: `${(pattern.count / most) * 100}%` }} />
        </span>
        <span className={styles.patternTrend}>
          {trend && <Trend values={trend} label={`${pattern.count} over the range, newest right`} />}
        </span>
        <span className={styles.patternBody}>
          <span className={styles.template}>
            {pieces(pattern.pattern).map((piece, i) =>
              piece.varies ? <em key={i}>{piece.text}</em> : <span key={i}>{piece.text}</span>,
            )}
            {pattern.pattern === '' && <span className="dim">(empty)</span>}
          </span>
          <span className={styles.patternFacts}>
            <span title="The highest level among its records">
              <LevelMark level={pattern.level} />
            </span>
            {pattern.by.map((value, i) => (
              <span key={i}>{value || '(missing)'}</span>
            ))}
            {fresh && (
              <Chip tone="warn" title="Not seen in the first four fifths of the range">
                new
              </Chip>
            )}
            <span title={texts.title(pattern.first)}>first {dateTime(epochOf(pattern.first), texts.zone)}</span>
            <span>
              last <When time={pattern.last} />
            </span>
          </span>
        </span>
      </button>
    </li>
  );
}
