import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../../shared/api/client';
import type * as Api from '../../shared/api/schema';
import type { Narrowed } from '../../shared/api/types';
import { notice, problemNotice } from '../../shared/ui/notify';

export type StorageClass = Narrowed<Api.StorageClass, { dataset: 'logs' | 'spans' }>;
export type Damage = Api.Damage;
export type Storage = Narrowed<
  Api.StorageAnswer,
  {
    classes: StorageClass[];
    disk: Narrowed<Api.StorageDisk, { state: 'fine' | 'warning' | 'refusing' }>;
    /** The last ones since the server has started. */
    backup?: Work<BackupReport>;
    verification?: Work<VerifyReport>;
  }
>;

export type Deletion = Narrowed<Api.DeletionEntry, { state: 'asked' | 'hidden' | 'erased' | 'failed' }>;
export type DeletionOrder = Required<Pick<Api.DeletionOrder, 'q' | 'dataset'>> & Pick<Api.DeletionOrder, 'from' | 'to'>;

/** A long piece of work on the server, as it is now. */
export type Work<Report> = Narrowed<Api.CareStateOfBackupReport, { report?: Report }>;
export type BackupReport = Api.BackupReport;
export type VerifyReport = Narrowed<Api.VerifyReport, { kind: 'data' | 'backup' }>;
export type Snapshot = Api.Snapshot;

export function useStorage() {
  return useQuery({
    queryKey: ['storage'],
    queryFn: ({ signal }) => get<Storage>('/storage', {}, signal),
    refetchInterval: ({ state }) => (state.data?.backup?.running || state.data?.verification?.running ? 700 : 10_000),
  });
}

export function useDeletions() {
  return useQuery({
    queryKey: ['deletions'],
    queryFn: ({ signal }) => get<{ items: Deletion[] }>('/logs/deletions', { limit: 100 }, signal),
    select: ({ items }) => items,
    refetchInterval: ({ state }) =>
      state.data?.items.some((one) => one.state === 'asked' || one.state === 'hidden') ? 5_000 : 60_000,
  });
}

export function useSnapshots(directory: string, renewed: unknown) {
  return useQuery({
    queryKey: ['snapshots', directory, renewed],
    queryFn: ({ signal }) => get<{ items: Snapshot[] }>('/backup/snapshots', { directory }, signal),
    select: ({ items }) => items,
    enabled: directory.startsWith('/') || /^[A-Za-z]:[\\/]/.test(directory),
  });
}

export function useCareDeeds() {
  const queries = useQueryClient();
  const told = async <T>(deed: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (problem) {
      problemNotice(deed, problem);
      return undefined;
    }
  };
  const renew = (...names: string[]) => names.forEach((name) => void queries.invalidateQueries({ queryKey: [name] }));
  return {
    count: (order: DeletionOrder) =>
      told('Counting', () => post<{ rows: number }>('/logs/delete', { ...order, dryRun: true })),
    remove: async (order: DeletionOrder, reason: string, by: string) => {
      const done = await told('Deleting', () => post<{ rows: number }>('/logs/delete', { ...order, reason, by }));
      if (done) notice(`${done.rows.toLocaleString('en-US')} records are deleted: nobody sees them any more`);
      renew('deletions', 'storage', 'logs', 'query');
      return done;
    },
    backUp: async (directory: string, keep?: number) => {
      await told('Starting the backup', () => post('/backup', { directory, keep }));
      renew('storage');
    },
    verify: async (directory?: string) => {
      await told('Starting the verification', () => post('/verify', { directory }));
      renew('storage');
    },
  };
}
