// The shapes of /api/tocsin/v1. Times are ISO-8601 UTC strings unless a name says otherwise.

export interface ServerInfo {
  version: string;
  startedAt: string;
  ready: boolean;
  url: string;
  ports: { http?: number; otlpHttp?: number; otlpGrpc?: number };
  dataDirectory: string;
}

export type Priority = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW';
export type AlertStatus = 'ACTIVE' | 'ACKNOWLEDGED' | 'SUPPRESSED' | 'RESOLVED' | 'EXPIRED';

export interface Diagnosis {
  family: string;
  category: string;
  severity: Priority;
  likelyCause: string;
  nextSteps?: string[];
  rule: string;
  because: string;
}

export interface RelatedLog {
  time: string;
  level: string;
  service: string;
  message: string;
  traceId?: string;
}

export interface Alert {
  id: number;
  key: string;
  type: string;
  title: string;
  message: string;
  priority: Priority;
  category: string;
  resource: string;
  condition: string;
  status: AlertStatus;
  acknowledgedAt?: string;
  acknowledgedBy?: string;
  suppressedUntil?: string;
  startsAt: string;
  lastSeenAt: string;
  endsAt?: string;
  expiresAt?: string;
  count: number;
  affectedUsers?: number;
  diagnosis?: Diagnosis;
  recommendations?: string[];
  metadata?: Record<string, unknown>;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  relatedLogs?: RelatedLog[];
  runbookUrl?: string;
  crashGroupId?: number;
  crashId?: string;
  reopened?: number;
}

export interface AlertTransition {
  time: string;
  action: string;
  by: string;
  notes?: string;
}

export interface AlertNotification {
  channel: string;
  kind: string;
  reason: string;
  state: 'queued' | 'sent' | 'retrying' | 'failed' | 'bundled';
  attempts: number;
  lastAnswer?: string;
  at?: string;
}

export interface AlertList {
  items: Alert[];
  counts: Partial<Record<AlertStatus, number>>;
  next?: string;
}

export interface AlertDetail {
  alert: Alert;
  history: AlertTransition[];
  notifications: AlertNotification[];
}

export type CrashState = 'new' | 'ongoing' | 'regressed' | 'resolved' | 'ignored';

export interface CrashGroup {
  id: number;
  title: string;
  type: string;
  message: string;
  culprit?: string;
  class: string;
  family: string;
  severity: Priority;
  state: CrashState;
  service: string;
  firstSeen: string;
  lastSeen: string;
  count: number;
  users: number;
  hosts: number | string[];
  releases: string[];
  trend: number[];
  alertId?: number;
}

export interface CrashFrame {
  method: string;
  module?: string;
  file?: string;
  line?: number;
  ilOffset?: number;
  repeated?: number;
}

export interface CrashException {
  type: string;
  message?: string;
  frames?: CrashFrame[];
  stackText?: string;
  inner?: CrashException[];
}

export interface CrashThread {
  id: string;
  crashed: boolean;
  frames: CrashFrame[];
  exceptionType?: string;
}

export interface CrashRecord {
  crashId: string;
  class: string;
  time: string;
  service: string;
  environment?: string;
  release?: string;
  host?: string;
  source: string;
  process?: {
    runId?: string;
    pid?: number;
    command?: string;
    runtime?: string;
    startTime?: string;
    exitCode?: number;
    signal?: string;
    restartCount?: number;
  };
  exception?: CrashException;
  threads?: CrashThread[];
  traceId?: string;
  spanId?: string;
  userId?: string;
  requestId?: string;
  stderrTail?: string;
  logs?: { time: string; level: string; logger: string; message: string; traceId?: string }[];
  breadcrumbs?: { time: string; category: string; message: string }[];
  activities?: { name: string; traceId: string; spanId: string; startTime: string }[];
  resources?: Record<string, number | undefined>;
  attributes?: Record<string, string>;
  evidence?: { source: string; detail: string }[];
  crashLoop?: boolean;
}

export interface CrashOccurrence {
  crashId: string;
  time: string;
  class: string;
  host?: string;
  release?: string;
  pid?: number;
  source?: string;
}

export interface CrashList {
  items: CrashGroup[];
  next?: string;
  total: number;
}

export interface CrashDetail {
  group: CrashGroup;
  fingerprint: { key: string; reason: string; parts: string[] };
  diagnosis?: Diagnosis;
  latest?: CrashRecord;
  occurrences: CrashOccurrence[];
  similar: CrashGroup[];
}

export interface LogEntry {
  id: string;
  timeNanos: string;
  time: string;
  severity: number;
  level: string;
  service: string;
  body: string;
  traceId?: string;
  spanId?: string;
  attributes?: Record<string, unknown>;
  resource?: Record<string, unknown>;
}

export interface LogPage {
  items: LogEntry[];
  next?: string;
  from: string;
  to: string;
  scanned: { rows: number; bytes: number; segments: number; skipped: number; badBlocks: number };
  partial: boolean;
  elapsedMs: number;
}

export const families = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'unknown'] as const;
export type Family = (typeof families)[number];

export type HistogramBucket = { time: number } & Record<Family, number>;

export interface Histogram {
  from: string | number;
  to: string | number;
  stepMs: number;
  buckets: HistogramBucket[];
  totals: Partial<Record<Family, number>>;
}

export interface TopValues {
  field: string;
  values: { value: string; count: number }[];
}

export interface TraceSpan {
  spanId: string;
  parentSpanId?: string;
  name: string;
  service: string;
  kind: string;
  startNanos: string;
  durationNanos: string | number;
  status: string;
  statusMessage?: string;
  depth: number;
  attributes?: Record<string, unknown>;
  /** Times are epoch nanoseconds, as near as a JSON number comes to them. */
  events?: { name: string; time?: number; attributes?: Record<string, unknown> }[];
}

export interface Trace {
  traceId: string;
  start: string;
  durationNanos: string | number;
  services: string[];
  spans: TraceSpan[];
  logs: LogEntry[];
}

export interface Overview {
  status: string;
  sentence: string;
  firing: { critical: number; high: number; medium: number; low: number };
  acknowledged: number;
  suppressed: number;
  crashes: { lastHour: number; last24h: number; total: number; newGroups: number };
  logs: { total: number; errors: number };
  ingest: { received: number; stored: number; rejected: number; perSecond: number };
  alerts: Alert[];
  groups: CrashGroup[];
  services: { name: string; errors: number; crashes: number; alerts: number; lastSeen?: string }[];
  histogram: Histogram;
}

export interface ChannelState {
  name: string;
  kind: string;
  settings: Record<string, string>;
  last?: { at: string; state: string; answer?: string };
}

export interface ChannelTest {
  ok: boolean;
  status: 'sent' | 'retry' | 'rejected';
  elapsedMs: number;
  answer?: string;
}

export interface LevelRule {
  service: string;
  environment?: string;
  category: string;
  level: string;
  setAt: string;
  setBy: string;
  notes?: string;
  expiresAt?: string;
}

export interface LevelListener {
  service: string;
  environment?: string;
  processes: number;
  upToDate: number;
}

export interface LevelChange {
  time: string;
  action: 'set' | 'cleared';
  service: string;
  environment?: string;
  category: string;
  level: string;
  by: string;
  notes?: string;
  expiresAt?: string;
}

export interface LevelList {
  items: LevelRule[];
  listeners: LevelListener[];
  changes: LevelChange[];
}

export interface IngestStatus {
  protocols: { name: string; received: number; stored: number; rejected: Record<string, number> }[];
  sources: { service: string; records: number; firstSeen: string; lastSeen: string }[];
}
