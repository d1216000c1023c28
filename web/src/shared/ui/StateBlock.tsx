import type { ReactNode } from 'react';
import { ApiProblem } from '../api/client';
import { Icon } from './Icon';
import { describe } from './notify';
import styles from './StateBlock.module.css';

/** Five states that look different: loading, filtered to nothing, never had data, partial, error. */
export function Loading({ what, rows = 6 }: { what: string; rows?: number }) {
  return (
    <div className={styles.loading} role="status">
      <span className="visually-hidden">Loading {what}…</span>
      {Array.from({ length: rows }, (_, i) => (
        <i key={i} style={{ width: `${92 - ((i * 37) % 45)}%` }} />
      ))}
    </div>
  );
}

export function EmptyFiltered({
  what,
  onClear,
  children,
}: {
  what: string;
  onClear?: () => void;
  children?: ReactNode;
}) {
  return (
    <div className={styles.block}>
      <Icon name="search" size={22} />
      <strong>No {what} match</strong>
      <p>{children ?? 'Something is there, but the filters or the time range leave nothing over.'}</p>
      {onClear && (
        <button type="button" className={styles.action} onClick={onClear}>
          Clear the filters
        </button>
      )}
    </div>
  );
}

export function EmptyEver({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.block} data-kind="calm">
      <Icon name="check" size={22} />
      <strong>{title}</strong>
      <div>{children}</div>
    </div>
  );
}

export function Partial({ children }: { children: ReactNode }) {
  return (
    <div className={styles.partial} role="status">
      <Icon name="warning" size={14} /> {children}
    </div>
  );
}

export function Failure({ what, problem, onRetry }: { what: string; problem: unknown; onRetry?: () => void }) {
  const { title, text } = describe(problem);
  const missing = problem instanceof ApiProblem && problem.status === 404;
  return (
    <div className={styles.block} data-kind="error" role="alert">
      <Icon name="warning" size={22} />
      <strong>{missing ? `${what} is not there` : `${what} could not be loaded`}</strong>
      <p>
        {title}
        {text && text !== title ? `: ${text}` : ''}
      </p>
      {onRetry && (
        <button type="button" className={styles.action} onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
