import { useState } from 'react';
import type { ApiProblem } from '../../shared/api/client';
import { families } from '../../shared/api/types';
import type { TimeRange } from '../../shared/time/range';
import { Choice } from '../../shared/ui/Filters';
import { Icon } from '../../shared/ui/Icon';
import { useDelayed } from '../../shared/ui/useDelayed';
import { useUrl } from '../../shared/url';
import { useFieldNames } from './api';
import { caretLine } from './caret';
import styles from './Logs.module.css';
import { filterOf, typedPosition } from './query';
import { columnsOf, withColumn } from './rows';
import { QueryInput } from './QueryInput';

/** The query and what goes with it: run or stop, the chosen facets, and what is wrong with it. */
export function QueryBar({
  problem,
  busy,
  range,
  onRun,
  onStop,
  children,
}: {
  problem?: ApiProblem;
  busy: boolean;
  range: TimeRange;
  onRun: (text: string) => void;
  onStop: () => void;
  children?: React.ReactNode;
}) {
  const [url, change] = useUrl();
  const [needed, setNeeded] = useState(false);
  const long = useDelayed(busy);
  const fields = useFieldNames(problem ? '' : filterOf(url), range, needed);
  return (
    <div className={styles.bar}>
      <div className={styles.line}>
        <QueryInput value={url.q ?? ''} fields={fields} onNeedFields={() => setNeeded(true)} busy={long} {...{ onRun, onStop }} />
        <span className={styles.narrow}>
          <Choice
            label="Level"
            all="Any level"
            value={url.level ?? ''}
            options={families.map((value) => ({ value, label: value }))}
            onChange={(level) => change({ level })}
          />
        </span>
        {children}
      </div>
      {(url.level || url.service || url.cols) && (
        <div className={styles.chips}>
          {url.level && <FilterChip text={`level: ${url.level}`} onRemove={() => change({ level: undefined })} />}
          {url.service && (
            <FilterChip text={`service: ${url.service}`} onRemove={() => change({ service: undefined })} />
          )}
          {columnsOf(url.cols).map((name) => (
            <FilterChip key={name} text={`column: ${name}`} onRemove={() => change({ cols: withColumn(url.cols, name) })} />
          ))}
        </div>
      )}
      {problem && <QueryProblem problem={problem} />}
    </div>
  );
}

function FilterChip({ text, onRemove }: { text: string; onRemove: () => void }) {
  return (
    <span className={styles.chip}>
      {text}
      <button type="button" aria-label={`Remove the ${text.startsWith('column') ? '' : 'filter '}${text}`} onClick={onRemove}>
        <Icon name="close" size={11} />
      </button>
    </span>
  );
}

/** What is wrong, the place in the query with a caret below it, and what would be right there. */
function QueryProblem({ problem }: { problem: ApiProblem }) {
  const [url] = useUrl();
  const typed = (url.q ?? '').trim();
  const at = problem.position === undefined || !typed ? undefined : typedPosition(url, problem.position);
  const shown = at === undefined ? undefined : caretLine(typed, at);
  const found = /but found (.*?)(?: at position \d+)?$/s.exec(problem.detail)?.[1];
  return (
    <div className={styles.problem} role="alert">
      {shown && (
        <pre tabIndex={0} aria-label="The query">
          {shown.before}
          <mark ref={showMark}>{shown.wrong}</mark>
          {shown.after}
          {'\n'}
          {' '.repeat(shown.column)}
          {'^'.repeat(Math.max(1, shown.wrong.trimEnd().length))}
        </pre>
      )}
      {found && problem.expected ? (
        <p>
          <b>Found {found}.</b> Expected {problem.expected}.
        </p>
      ) : (
        <p>
          <b>{problem.title}.</b> {problem.detail}
        </p>
      )}
    </div>
  );
}

/** On a narrow screen the mistake may lie beyond the edge. */
function showMark(mark: HTMLElement | null) {
  const line = mark?.parentElement;
  if (mark && line && mark.offsetLeft + mark.offsetWidth > line.clientWidth)
    line.scrollLeft = mark.offsetLeft - line.clientWidth / 2;
}
