import { Failure, Loading } from '../../shared/ui/StateBlock';
import { useStorage } from './api';
import { BackupSection } from './BackupSection';
import styles from './Care.module.css';
import { DeleteForm } from './DeleteForm';
import { DeletionJournal } from './DeletionJournal';
import { StoredSection } from './StoredSection';
import { VerifySection } from './VerifySection';

/** What is stored and how it is cared for: retention, the disk, deletions, backups, checksums. */
export function DataPage() {
  const storage = useStorage();
  if (storage.isPending) return <Loading what="what is stored" rows={12} />;
  if (!storage.data)
    return <Failure what="What is stored" problem={storage.error} onRetry={() => void storage.refetch()} />;
  return (
    <div className={styles.page}>
      <StoredSection storage={storage.data} />
      <DeleteForm />
      <DeletionJournal />
      <BackupSection storage={storage.data} />
      <VerifySection state={storage.data.verification} />
    </div>
  );
}
