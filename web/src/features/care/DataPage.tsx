import { BackupSection } from './BackupSection';
import styles from './Care.module.css';
import { DeleteForm } from './DeleteForm';
import { DeletionJournal } from './DeletionJournal';
import { StoredSection } from './StoredSection';
import { VerifySection } from './VerifySection';

/** What is stored and how it is cared for: retention, the disk, deletions, backups, checksums. */
export function DataPage() {
  return (
    <div className={styles.page}>
      <StoredSection />
      <DeleteForm />
      <DeletionJournal />
      <BackupSection />
      <VerifySection />
    </div>
  );
}
