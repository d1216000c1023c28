import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../../shared/api/client';
import { notice, problemNotice } from '../../shared/ui/notify';

export interface StorageClass {
  dataset: 'logs' | 'spans';
  name: string;
  where?: string;
  configured: boolean;
  days: number;
  maxBytes?: number;
  segments: number;
  rows: number;
  bytes: number;
  firstDay?: string;
  lastDay?: string;
}

export interface Damage {
  file: string;
  offset: number;
  problem: string;
}

export interface Storage {
  dataDirectory: string;
  rows: number;
  segments: number;
  bytes: number;
  walBytes: number;
  memoryRows: number;
  memoryBytes: number;
  pendingDeletions: number;
  failure?: string;
  classes: StorageClass[];
  budgets: { all?: number; logs?: number; spans?: number };
  crashDays: number;
  disk: {
    state: 'fine' | 'warning' | 'refusing';
    freeBytes: number;
    totalBytes: number;
    refuseBelowBytes: number;
    warnBelowBytes: number;
  };
  health: { damagedPlaces: number; damage: Damage[]; scrubPasses: number; scrubDays: number };
  /** The last ones since the server has started. */
  backup?: Work<BackupReport>;
  verification?: Work<VerifyReport>;
}

export interface Deletion {
  id: number;
  askedAt: string;
  by: string;
  reason: string;
  dataset: string;
  query: string;
  from?: string;
  to?: string;
  state: 'asked' | 'hidden' | 'erased' | 'failed';
  rows?: number;
  changedAt: string;
  problem?: string;
}

export interface DeletionOrder {
  q: string;
  from?: string;
  to?: string;
  dataset: string;
}

interface Progress {
  stage: string;
  files: number;
  filesTotal: number;
  bytes: number;
  bytesTotal: number;
}

/** A long piece of work on the server, as it is now. */
export interface Work<Report> {
  running: boolean;
  directory: string;
  startedAt: string;
  endedAt?: string;
  progress?: Progress;
  report?: Report;
  error?: string;
}

export interface BackupReport {
  snapshot: string;
  createdAt: string;
  files: number;
  bytes: number;
  new: number;
  newBytes: number;
  copied: number;
  problems: string[];
}

export interface VerifyReport {
  kind: 'data' | 'backup';
  folder: string;
  files: number;
  bytes: number;
  segments: number;
  blocks: number;
  damage: Damage[];
}

export interface Snapshot {
  name: string;
  path: string;
  createdAt?: string;
  files: number;
  bytes: number;
  problem?: string;
}

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
