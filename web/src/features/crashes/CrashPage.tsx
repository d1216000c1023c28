import { useParams } from '@tanstack/react-router';
import type { CrashDetail, CrashRecord } from '../../shared/api/types';
import { DiagnosisCard } from '../../shared/ui/DiagnosisCard';
import { Section } from '../../shared/ui/Section';
import { EmptyEver, Failure, Loading } from '../../shared/ui/StateBlock';
import { useCrash, useOccurrence } from './api';
import { CrashHeader } from './CrashHeader';
import styles from './Crashes.module.css';
import { BeforeDeath, Evidence, Stderr } from './Evidence';
import { Facts } from './ProcessFacts';
import { Answers, Grouping, Occurrences, Similar } from './Side';
import { StackTrace } from './StackTrace';

export function CrashPage() {
  const { groupId, crashId } = useParams({ strict: false }) as { groupId: string; crashId?: string };
  const crash = useCrash(groupId);
  const occurrence = useOccurrence(groupId, crashId);

  if (crash.isPending) return <Loading what="the crash" rows={14} />;
  if (!crash.data) return <Failure what="This crash" problem={crash.error} onRetry={() => void crash.refetch()} />;
  const newest = crash.data.latest;
  const record = crashId === undefined || crashId === newest?.crashId ? newest : occurrence.data;
  return (
    <div className={styles.detail}>
      <CrashHeader detail={crash.data} record={record} current={crashId ?? newest?.crashId ?? ''} />
      {record ? (
        <Report detail={crash.data} record={record} />
      ) : crashId === undefined ? (
        <EmptyEver title="The report of this crash is no longer kept">Its group, counts and history are.</EmptyEver>
      ) : occurrence.isError ? (
        <Failure what="This occurrence" problem={occurrence.error} onRetry={() => void occurrence.refetch()} />
      ) : (
        <Loading what="the occurrence" rows={10} />
      )}
    </div>
  );
}

function Report({ detail, record }: { detail: CrashDetail; record: CrashRecord }) {
  return (
    <>
      <Answers detail={detail} record={record} />
      <div className={styles.columns}>
        <div className={styles.stackColumn}>
          {detail.diagnosis && (
            <Section title="Diagnosis">
              <DiagnosisCard diagnosis={detail.diagnosis} />
            </Section>
          )}
          <StackTrace key={record.crashId} record={record} />
          <Evidence record={record} />
          <BeforeDeath record={record} />
          <Stderr record={record} />
        </div>
        <div className={styles.stackColumn}>
          <Occurrences detail={detail} current={record.crashId} />
          <Facts record={record} />
          <Grouping detail={detail} />
          <Similar detail={detail} />
        </div>
      </div>
    </>
  );
}
