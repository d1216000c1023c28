import type { StreamState } from '../../shared/api/events';
import type { ApiProblem } from '../../shared/api/client';
import { families } from '../../shared/api/types';
import { Choice, SearchField } from '../../shared/ui/Filters';
import { Icon } from '../../shared/ui/Icon';
import { useUrl } from '../../shared/url';
import styles from './Logs.module.css';
import { typedPosition } from './query';

export function QueryBar({ problem, tailState }: { problem?: ApiProblem; tailState?: StreamState }) {
  const [url, change] = useUrl();
  const live = url.live === '1';
  return (
    <div className={styles.bar}>
      <div className={styles.line}>
        <SearchField
          value={url.q ?? ''}
          onChange={(q) => change({ q: q || undefined, sel: undefined })}
          onEnterOnly
          label="Log query"
          placeholder='"connection reset" status:>=500 -path:"/health"   (Enter runs)'
        />
        <span className={styles.narrow}>
          <Choice
            label="Level"
            all="Any level"
            value={url.level ?? ''}
            options={families.map((value) => ({ value, label: value }))}
            onChange={(level) => change({ level })}
          />
        </span>
        <button
          type="button"
          className={styles.toggle}
          aria-pressed={url.wrap === '1'}
          onClick={() => change({ wrap: url.wrap === '1' ? undefined : '1' })}
        >
          Wrap
        </button>
        <button
          type="button"
          className={styles.toggle}
          aria-pressed={live}
          data-state={tailState}
          onClick={() =>
            change(live ? { live: undefined } : { live: '1', from: undefined, to: undefined, sel: undefined })
          }
        >
          <Icon name={live ? 'pause' : 'play'} size={12} />
          {live ? tailWords[tailState ?? 'connecting'] : 'Live tail'}
        </button>
      </div>
      {(url.level || url.service) && (
        <div className={styles.chips}>
          {url.level && <FilterChip text={`level: ${url.level}`} onRemove={() => change({ level: undefined })} />}
          {url.service && (
            <FilterChip text={`service: ${url.service}`} onRemove={() => change({ service: undefined })} />
          )}
        </div>
      )}
      {problem && <QueryProblem problem={problem} />}
    </div>
  );
}

const tailWords: Record<StreamState, string> = {
  open: 'Live',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  closed: 'Live',
};

function FilterChip({ text, onRemove }: { text: string; onRemove: () => void }) {
  return (
    <span className={styles.chip}>
      {text}
      <button type="button" aria-label={`Remove the filter ${text}`} onClick={onRemove}>
        <Icon name="close" size={11} />
      </button>
    </span>
  );
}

/** The server's words, and the place in the query they are about. */
function QueryProblem({ problem }: { problem: ApiProblem }) {
  const [url] = useUrl();
  const typed = (url.q ?? '').trim();
  const at = problem.position === undefined ? undefined : typedPosition(url, problem.position);
  const wrong = at === undefined ? 0 : Math.max(1, /^\S+/.exec(typed.slice(at))?.[0].length ?? 1);
  return (
    <div className={styles.problem} role="alert">
      {at !== undefined && typed && (
        <code>
          {typed.slice(0, at)}
          <mark>{typed.slice(at, at + wrong) || '␣'}</mark>
          {typed.slice(at + wrong)}
        </code>
      )}
      <span>
        {problem.detail || problem.title}
        {problem.expected && !(problem.detail || '').includes(problem.expected)
          ? `. Expected: ${problem.expected}`
          : ''}
      </span>
    </div>
  );
}
