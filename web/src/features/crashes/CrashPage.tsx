import { useParams } from '@tanstack/react-router';
import type { CrashDetail, CrashRecord } from '../../shared/api/types';
import { DiagnosisCard } from '../../shared/ui/DiagnosisCard';
import { Section } from '../../shared/ui/Section';
import { Failure, Loading } from '../../shared/ui/StateBlock';
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
  const record = crashId === undefined || crashId === crash.data.latest.crashId ? crash.data.latest : occurrence.data;
  return (
    <div className={styles.detail}>
      <CrashHeader detail={crash.data} record={record} current={crashId ?? crash.data.latest.crashId} />
      {record ? <Report detail={crash.data} record={record} />
        : occurrence.isError ? <Failure what="This occurrence" problem={occurrence.error} onRetry={() => void occurrence.refetch()} />
        : <Loading what="the occurrence" rows={10} />}
    </div>
  );
}

function Report({ detail, record }: { detail: CrashDetail; record: CrashRecord }) {
  return (
    <>
      <Answers detail={detail} record={record} />
      <div className={styles.columns}>
        <div className={styles.stackColumn}>
          {detail.diagnosis && <Section title="Diagnosis"><DiagnosisCard diagnosis={detail.diagnosis} /></Section>}
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
