import { count } from '../../shared/ui/number';
import styles from './Care.module.css';
import { partOf } from './words';

type Progress = Parameters<typeof partOf>[0];

export function ProgressBar({ label, progress }: { label: string; progress?: Progress }) {
  const part = partOf(progress);
  return (
    <div className={styles.progress} role="status">
      <p>
        {label}
        {progress && progress.filesTotal > 0 && `: ${count(progress.files)} of ${count(progress.filesTotal)} files`}
      </p>
      <div>
        <i style={{ width: `${(part ?? 0.02) * 100}%` }} />
      </div>
    </div>
  );
}
