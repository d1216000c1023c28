import type { CrashRecord } from '../../shared/api/types';
import { duration, epochOf } from '../../shared/time/format';
import { bytes, count } from '../../shared/ui/number';
import { Facts as FactList, Section } from '../../shared/ui/Section';
import { When } from '../../shared/ui/When';

/** The process and what it used, as far as anybody knew. */
export function Facts({ record }: { record: CrashRecord }) {
  const process = record.process ?? {};
  const resources: NonNullable<CrashRecord['resources']> = record.resources ?? {};
  const size = (name: keyof typeof resources) => (resources[name] === undefined ? undefined : bytes(resources[name]));
  const number = (name: keyof typeof resources) => (resources[name] === undefined ? undefined : count(resources[name]));
  const limit = resources.memoryLimitBytes;
  const usage = resources.memoryUsageBytes;
  const lived = process.startTime ? duration((epochOf(record.time) - epochOf(process.startTime)) * 1e6) : undefined;
  const attributes = Object.entries(record.attributes ?? {});
  return (
    <>
      <Section title="Process">
        <FactList
          items={[
            ['Died', <When key="t" time={record.time} form="full" />],
            ['Lived', lived],
            [
              'Exit code',
              process.exitCode !== undefined && process.exitCode !== null ? String(process.exitCode) : undefined,
            ],
            ['Signal', process.signal],
            ['PID', process.pid?.toString()],
            ['Restarts before', process.restartCount ? count(process.restartCount) : undefined],
            ['Command', process.command && <code>{process.command}</code>],
            ['Runtime', process.runtime],
            ['Run', process.runId && <code>{process.runId}</code>],
            ['Request', record.requestId && <code>{record.requestId}</code>],
            ['Reported by', record.source],
          ]}
        />
      </Section>
      {Object.values(resources).some((value) => value !== undefined && value !== null) && (
        <Section title="Resources at the end">
          <FactList
            items={[
              [
                'Memory of limit',
                limit && usage
                  ? `${bytes(usage)} of ${bytes(limit)} (${Math.round((usage / limit) * 100)} %)`
                  : size('memoryUsageBytes'),
              ],
              ['Working set', size('workingSetBytes')],
              ['Peak working set', size('peakWorkingSetBytes')],
              ['GC heap', size('gcHeapBytes')],
              ['OOM kills', number('oomKills')],
              ['Threads', number('threadCount')],
              ['Thread pool queue', number('threadPoolQueue')],
              ['CPU time', resources.cpuSeconds ? `${resources.cpuSeconds.toFixed(1)} s` : undefined],
            ]}
          />
        </Section>
      )}
      {attributes.length > 0 && (
        <Section title="Attributes" foldable>
          <FactList items={attributes} />
        </Section>
      )}
    </>
  );
}
