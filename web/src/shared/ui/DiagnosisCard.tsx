import type { Diagnosis } from '../api/types';
import { Chip } from './Marks';
import styles from './DiagnosisCard.module.css';

/** What the rules conclude, and from what: never shown as fact. */
export function DiagnosisCard({ diagnosis }: { diagnosis: Diagnosis }) {
  const steps = diagnosis.nextSteps ?? [];
  return (
    <div className={styles.card}>
      <div className={styles.line}>
        <span className={styles.label}>Likely cause</span>
        <Chip>{diagnosis.family.replaceAll('_', ' ')}</Chip>
        <span className={styles.rule}>
          rule <code>{diagnosis.rule}</code>
        </span>
      </div>
      <p className={styles.cause}>{diagnosis.likelyCause}</p>
      <p className={styles.because}>
        <span>Because</span> {diagnosis.because}
      </p>
      {steps.length > 0 && (
        <>
          <h3 className={styles.label}>What to do</h3>
          <ol className={styles.steps}>
            {steps.map((step, i) => (
              <li key={i}>{step}</li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
