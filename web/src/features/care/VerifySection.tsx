import { Button } from '@mantine/core';
import { Chip } from '../../shared/ui/Marks';
import { bytes, plural } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import { When } from '../../shared/ui/When';
import { useCareDeeds, type VerifyReport, type Work } from './api';
import styles from './Care.module.css';
import { DamageList } from './DamageList';
import { ProgressBar } from './ProgressBar';

/** Compares every checksum of the data, or of a snapshot, and tells what is damaged. */
export function VerifySection({ state }: { state?: Work<VerifyReport> }) {
  const deeds = useCareDeeds();
  const report = state?.report;
  return (
    <Section
      title="Verify"
      note="reads every byte and compares every checksum; changes nothing"
      actions={
        <Button size="xs" variant="default" disabled={state?.running} onClick={() => void deeds.verify()}>
          Verify the data
        </Button>
      }
    >
      {!state && <p>Nothing was verified since the server has started. In the background all is gone through anyway, little by little.</p>}
      {state?.running && <ProgressBar label={state.directory} progress={state.progress} />}
      {state?.error && <p className={styles.alarm}>{state.error}</p>}
      {report && (
        <>
          <p className={styles.done}>
            <Chip tone={report.damage.length > 0 ? 'error' : 'ok'}>{report.damage.length > 0 ? 'damaged' : 'all as written'}</Chip>{' '}
            <code>{report.folder}</code> <When time={state.endedAt} />: {plural(report.files, 'file')}, {bytes(report.bytes)},{' '}
            {plural(report.segments, 'segment')}, {plural(report.blocks, 'block')}
          </p>
          {report.damage.length > 0 && <DamageList className={styles.alarm} damage={report.damage} />}
        </>
      )}
    </Section>
  );
}
