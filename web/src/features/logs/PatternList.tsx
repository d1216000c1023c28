import { useMemo } from 'react';
import { dateTime, epochOf } from '../../shared/time/format';
import { useTimeTexts } from '../../shared/time/useTime';
import { Chip, LevelMark } from '../../shared/ui/Marks';
import { brief, count } from '../../shared/ui/number';
import { EmptyFiltered } from '../../shared/ui/StateBlock';
import { When } from '../../shared/ui/When';
import type { QueryAnswer } from './answer';
import { patternsOf, pieces, type Pattern } from './patterns';
import styles from './Result.module.css';
import { Trend } from './Trend';

/** Messages by their shape; a click shows the records of one. */
export function PatternList({ answer, onPick }: { answer: QueryAnswer; onPick: (pattern: string) => void }) {
  const patterns = useMemo(() => patternsOf(answer), [answer]);
  if (patterns.length === 0)
    return (
      <EmptyFiltered what="messages">Nothing in this time range fits the query. Widen the range or take a word away.</EmptyFiltered>
    );
  const most = Math.max(...patterns.map(({ count }) => count));
  return (
    <ol className={styles.patterns} aria-label="Patterns">
      {patterns.map((pattern, i) => (
        <Row key={i} pattern={pattern} most={most} onPick={() => onPick(pattern.pattern)} />
      ))}
    </ol>
  );
}

interface RowProps {
  pattern: Pattern;
  most: number;
  onPick: () => void;
}

function Row({ pattern, most, onPick }: RowProps) {
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
          {pattern.trend.length > 0 && <Trend values={pattern.trend} label={`${pattern.count} over the range, newest right`} />}
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
            {pattern.isNew && (
              <Chip tone="warn" title="Not seen in the equally long time before this range">
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
