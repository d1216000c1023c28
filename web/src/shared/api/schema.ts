// Made from the server's OpenAPI document by `dotnet run dev.cs types`; a test fails when it is out of date.

export interface AlertActionRequest {
  by?: string;
  notes?: string;
  reason?: string;
  for?: string;
}

export type AlertCategory = 'SYSTEM' | 'DATABASE' | 'APPLICATION' | 'PERFORMANCE' | 'SECURITY' | 'BUSINESS' | 'AVAILABILITY';

export interface AlertChangedView {
  alert: AlertView;
}

export type AlertCondition = 'pending' | 'firing' | 'resolved' | 'expired' | 'unknown';

export interface AlertCountsView {
  ACTIVE: number;
  ACKNOWLEDGED: number;
  SUPPRESSED: number;
  RESOLVED: number;
  EXPIRED: number;
}

export interface AlertListView {
  items: AlertView[];
  counts: AlertCountsView;
  next?: string;
}

export interface AlertPatterns {
  days: number;
  totalAlerts: number;
  mostCommonType?: string;
  peakHour?: number;
  avgResolutionTimeMinutes?: number;
  avgAcknowledgeTimeMinutes?: number;
  typeDistribution: Record<string, number>;
  hourlyDistribution: number[];
}

export type AlertPriority = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

export interface AlertRaisedView {
  alert: AlertView;
  transition: string;
}

export interface AlertRequest {
  type?: string;
  title?: string;
  message?: string;
  priority?: string;
  category?: string;
  resource?: string;
  service?: string;
  key?: string;
  metric?: string;
  currentValue?: number;
  thresholdValue?: number;
  errorType?: string;
  errorCount?: number;
  affectedUsers?: number;
  at?: string;
  expiresIn?: string;
  runbookUrl?: string;
  recommendations?: string[];
  metadata?: Record<string, unknown>;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  relatedLogs?: RelatedLog[];
  by?: string;
}

export type AlertStatus = 'ACTIVE' | 'ACKNOWLEDGED' | 'SUPPRESSED' | 'RESOLVED' | 'EXPIRED';

export interface AlertStoryView {
  alert: AlertView;
  history: AlertTransition[];
  notifications: NotificationEntry[];
}

export interface AlertTransition {
  time: string;
  action: string;
  by: string;
  notes?: string;
}

export interface AlertView {
  id: number;
  key: string;
  status: AlertStatus;
  type: string;
  title: string;
  message: string;
  priority: AlertPriority;
  category: AlertCategory;
  resource: string;
  condition: AlertCondition;
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
  recommendations: string[];
  metadata: Record<string, unknown>;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  relatedLogs: RelatedLog[];
  runbookUrl?: string;
  crashGroupId?: number;
  crashId?: string;
  reopened: number;
}

export interface BackupOrder {
  directory?: string;
  keep?: number;
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

export interface Breadcrumb {
  time: string;
  category: string;
  message: string;
}

export interface CareProgress {
  stage: string;
  files: number;
  filesTotal: number;
  bytes: number;
  bytesTotal: number;
}

export interface CareStateOfBackupReport {
  running: boolean;
  directory: string;
  startedAt: string;
  endedAt?: string;
  progress?: CareProgress;
  report?: BackupReport;
  error?: string;
}

export interface CareStateOfVerifyReport {
  running: boolean;
  directory: string;
  startedAt: string;
  endedAt?: string;
  progress?: CareProgress;
  report?: VerifyReport;
  error?: string;
}

export interface ChannelList {
  items: ChannelView[];
}

export interface ChannelTest {
  ok: boolean;
  status: string;
  elapsedMs: number;
  answer: string;
}

export interface ChannelView {
  name: string;
  kind: string;
  settings: Record<string, string>;
  last?: LastDelivery;
}

export interface CrashAccepted {
  crashId: string;
  groupId: number;
  alertId?: number;
  duplicate: boolean;
}

export interface CrashActivity {
  name: string;
  traceId: string;
  spanId: string;
  startTime: string;
}

export type CrashClass = 'unhandled' | 'unobserved' | 'captured' | 'stack_overflow' | 'fail_fast' | 'access_violation' | 'out_of_memory' | 'oom_killed' | 'native_abort' | 'killed' | 'terminated' | 'exit_nonzero' | 'abnormal' | 'hung';

export interface CrashEvidence {
  source: string;
  detail: string;
}

export interface CrashException {
  type: string;
  message?: string;
  frames?: CrashFrame[];
  stackText?: string;
  inner?: CrashException[];
}

export interface CrashFingerprint {
  key: string;
  reason: string;
  parts: string[];
}

export interface CrashFrame {
  method: string;
  module?: string;
  file?: string;
  line?: number;
  ilOffset?: number;
  repeated?: number;
}

export interface CrashGroup {
  id: number;
  title: string;
  type: string;
  message: string;
  culprit?: string;
  class: CrashClass;
  family?: string;
  severity: AlertPriority;
  state: string;
  service: string;
  firstSeen: string;
  lastSeen: string;
  count: number;
  users: number;
  hosts: number;
  releases: string[];
  trend: number[];
  alertId?: number;
}

export interface CrashGroupAnswer {
  group: CrashGroup;
}

export interface CrashGroupDetail {
  group: CrashGroup;
  fingerprint: CrashFingerprint;
  diagnosis?: Diagnosis;
  latest?: CrashRecord;
  occurrences: CrashOccurrence[];
  similar: CrashGroup[];
}

export interface CrashLog {
  time: string;
  level: string;
  logger: string;
  message: string;
  traceId?: string;
}

export interface CrashOccurrence {
  crashId: string;
  time: string;
  class: CrashClass;
  host?: string;
  release?: string;
  pid?: number;
  source: string;
}

export interface CrashPage {
  items: CrashGroup[];
  next?: string;
  total: number;
}

export interface CrashProcess {
  runId?: string;
  pid?: number;
  command?: string;
  runtime?: string;
  startTime?: string;
  exitCode?: number;
  signal?: string;
  restartCount?: number;
}

export interface CrashRecord {
  crashId: string;
  class: CrashClass;
  time: string;
  service: string;
  environment?: string;
  release?: string;
  host?: string;
  source?: string;
  process?: CrashProcess;
  exception?: CrashException;
  threads?: CrashThread[];
  traceId?: string;
  spanId?: string;
  userId?: string;
  requestId?: string;
  stderrTail?: string;
  logs?: CrashLog[];
  breadcrumbs?: Breadcrumb[];
  activities?: CrashActivity[];
  resources?: CrashResources;
  attributes?: Record<string, string>;
  evidence?: CrashEvidence[];
  crashLoop?: boolean;
}

export interface CrashResources {
  workingSetBytes?: number;
  peakWorkingSetBytes?: number;
  gcHeapBytes?: number;
  memoryLimitBytes?: number;
  memoryUsageBytes?: number;
  oomKills?: number;
  threadCount?: number;
  threadPoolQueue?: number;
  cpuSeconds?: number;
}

export interface CrashThread {
  id: string;
  crashed: boolean;
  frames: CrashFrame[];
  exceptionType?: string;
}

export interface Damage {
  file: string;
  offset: number;
  problem: string;
}

export interface DeletionAnswer {
  dryRun: boolean;
  rows: number;
  deletion?: DeletionEntry;
}

export interface DeletionEntry {
  id: number;
  askedAt: string;
  by: string;
  reason: string;
  dataset: string;
  query: string;
  from?: string;
  to?: string;
  state: string;
  rows?: number;
  changedAt: string;
  problem?: string;
}

export interface DeletionList {
  items: DeletionEntry[];
}

export interface DeletionOrder {
  q?: string;
  from?: string;
  to?: string;
  reason?: string;
  by?: string;
  dryRun?: boolean;
  dataset?: string;
}

export interface Diagnosis {
  family: string;
  category: AlertCategory;
  severity: AlertPriority;
  likelyCause: string;
  nextSteps: string[];
  rule: string;
  because: string;
}

export interface EffectiveLevel {
  category: string;
  level: string;
  remainingMs?: number;
}

export interface EffectiveLevels {
  levels: EffectiveLevel[];
}

export interface FieldCount {
  value: string;
  count: number;
}

export interface FieldCounts {
  field: string;
  values: FieldCount[];
  distinct: number;
  truncated: boolean;
}

export interface FiringCounts {
  critical: number;
  high: number;
  medium: number;
  low: number;
}

export interface GroupOrder {
  by?: string;
  notes?: string;
}

export interface Heartbeat {
  service: string;
  runId: string;
  host?: string;
  pid?: number;
  environment?: string;
  release?: string;
  state?: string;
  time?: string;
}

export interface HistogramAnswer {
  from: number;
  to: number;
  stepMs: number;
  buckets: HistogramBucket[];
  totals: SeverityCounts;
}

export interface HistogramBucket {
  time: number;
  unknown: number;
  trace: number;
  debug: number;
  info: number;
  warn: number;
  error: number;
  fatal: number;
}

export interface IngestSource {
  service: string;
  records: number;
  firstSeen: string;
  lastSeen: string;
}

export interface IngestState {
  protocols: ProtocolState[];
  sources: IngestSource[];
}

export type Instant = string;

export interface LastDelivery {
  at: string;
  state: string;
  answer?: string;
}

export interface LevelChange {
  time: string;
  action: string;
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

export interface LevelListener {
  service: string;
  environment?: string;
  processes: number;
  upToDate: number;
}

export interface LevelOrder {
  service?: string;
  environment?: string;
  category?: string;
  level?: string;
  for?: string;
  by?: string;
  notes?: string;
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

export interface LevelSet {
  level: LevelRule;
}

export interface LevelsCleared {
  cleared: number;
}

export interface LogAnswer {
  items: LogEntry[];
  next?: string;
  from: string;
  to: string;
  scanned: LogScan;
  partial: boolean;
  elapsedMs: number;
}

export interface LogEntry {
  id: string;
  timeNanos: string;
  time: Instant;
  severity: number;
  level: string;
  service: string;
  body: string;
  traceId?: string;
  spanId?: string;
  attributes: unknown;
  resource: unknown;
}

export interface LogScan {
  rows: number;
  bytes: number;
  segments: number;
  skipped: number;
  badBlocks: number;
}

export interface NotificationEntry {
  channel: string;
  kind: string;
  reason: string;
  state: string;
  attempts: number;
  lastAnswer?: string;
  at: string;
}

export interface Overview {
  status: string;
  sentence: string;
  firing: FiringCounts;
  acknowledged: number;
  suppressed: number;
  crashes: OverviewCrashes;
  logs: OverviewLogs;
  ingest: OverviewIngest;
  alerts: AlertView[];
  groups: CrashGroup[];
  services: ServiceSummary[];
  histogram: HistogramAnswer;
}

export interface OverviewCrashes {
  lastHour: number;
  last24h: number;
  total: number;
  newGroups: number;
  hourly: number[];
}

export interface OverviewIngest {
  received: number;
  stored: number;
  rejected: number;
  perSecond: number;
}

export interface OverviewLogs {
  total: number;
  errors: number;
}

export interface ProtocolState {
  name: string;
  received: number;
  stored: number;
  rejected: Record<string, number>;
}

export interface QueryCall {
  q?: string;
  from?: string;
  to?: string;
  limit?: number;
  explain?: boolean;
  dataset?: string;
  format?: string;
  partial?: boolean;
}

export interface QueryTable {
  query: string;
  columns: TableColumn[];
  rows: unknown[][];
  from: string;
  to: string;
  scanned: LogScan;
  partial: boolean;
  truncated: boolean;
  elapsedMs: number;
  notes: string[];
}

export interface RelatedLog {
  time: string;
  level: string;
  service: string;
  message: string;
  traceId?: string;
}

export interface SavedView {
  id: number;
  name: string;
  query: string;
  from?: string;
  to?: string;
  columns: string[];
  display?: string;
  createdBy?: string;
  updatedAt: string;
}

export interface ServerInformation {
  version: string;
  startedAt: string;
  ready: boolean;
  url: string;
  ports: ServerPorts;
  dataDirectory: string;
}

export interface ServerPorts {
  http: number;
  otlpHttp: number;
  otlpGrpc: number;
  syslogTcp?: number;
  syslogUdp?: number;
  syslogTls?: number;
}

export interface ServiceSummary {
  name: string;
  errors: number;
  crashes: number;
  alerts: number;
  lastSeen?: string;
}

export interface SeverityCounts {
  unknown: number;
  trace: number;
  debug: number;
  info: number;
  warn: number;
  error: number;
  fatal: number;
}

export interface Snapshot {
  name: string;
  path: string;
  createdAt?: string;
  files: number;
  bytes: number;
  problem?: string;
}

export interface SnapshotList {
  directory: string;
  items: Snapshot[];
}

export interface SpanView {
  spanId: string;
  parentSpanId?: string;
  name: string;
  service: string;
  kind: string;
  startNanos: string;
  durationNanos: number;
  status: string;
  statusMessage?: string;
  depth: number;
  attributes: unknown;
  events: unknown;
}

export interface StorageAnswer {
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
  budgets: StorageBudgets;
  crashDays: number;
  disk: StorageDisk;
  health: StorageHealth;
  backup?: CareStateOfBackupReport;
  verification?: CareStateOfVerifyReport;
}

export interface StorageBudgets {
  all?: number;
  logs?: number;
  spans?: number;
}

export interface StorageClass {
  dataset: string;
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

export interface StorageDisk {
  state: string;
  freeBytes: number;
  totalBytes: number;
  refuseBelowBytes: number;
  warnBelowBytes: number;
}

export interface StorageHealth {
  damagedPlaces: number;
  damage: Damage[];
  scrubPasses: number;
  scrubDays: number;
}

export interface TableColumn {
  name: string;
  kind: string;
}

export interface TraceAnswer {
  traceId: string;
  start: Instant;
  durationNanos: number;
  services: string[];
  spans: SpanView[];
  truncated: boolean;
  logs: LogEntry[];
}

export interface VerifyOrder {
  directory?: string;
}

export interface VerifyReport {
  kind: string;
  folder: string;
  files: number;
  bytes: number;
  segments: number;
  blocks: number;
  damage: Damage[];
}

export interface ViewAnswer {
  view: SavedView;
}

export interface ViewList {
  items: SavedView[];
}

export interface ViewOrder {
  name?: string;
  query?: string;
  from?: string;
  to?: string;
  columns?: string[];
  display?: string;
  createdBy?: string;
}
