// What the page calls the shapes of /api/tocsin/v1. They are the server's own, of schema.ts; where its document says no more
// than "a text" or "any JSON", they are narrowed here.
import type * as Api from './schema';

/** The shape with some members said more closely. */
export type Narrowed<Shape, By> = Omit<Shape, keyof By> & By;
type Fields = Record<string, unknown>;

export type ServerInfo = Api.ServerInformation;
export type IngestStatus = Api.IngestState;

export type Priority = Api.AlertPriority;
export type AlertStatus = Api.AlertStatus;
export type Diagnosis = Api.Diagnosis;
export type RelatedLog = Api.RelatedLog;
export type Alert = Api.AlertView;
export type AlertTransition = Api.AlertTransition;
export type AlertNotification = Narrowed<Api.NotificationEntry, { state: 'queued' | 'sent' | 'retrying' | 'failed' | 'bundled' }>;
export type AlertList = Api.AlertListView;
export type AlertDetail = Narrowed<Api.AlertStoryView, { notifications: AlertNotification[] }>;

export type CrashState = 'new' | 'ongoing' | 'regressed' | 'resolved' | 'ignored';
export type CrashGroup = Narrowed<Api.CrashGroup, { state: CrashState }>;
export type CrashFrame = Api.CrashFrame;
export type CrashException = Api.CrashException;
export type CrashThread = Api.CrashThread;
export type CrashRecord = Api.CrashRecord;
export type CrashOccurrence = Api.CrashOccurrence;
export type CrashList = Narrowed<Api.CrashPage, { items: CrashGroup[] }>;
export type CrashDetail = Narrowed<Api.CrashGroupDetail, { group: CrashGroup; similar: CrashGroup[] }>;

export type LogEntry = Narrowed<Api.LogEntry, { attributes?: Fields; resource?: Fields }>;
export type LogPage = Narrowed<Api.LogAnswer, { items: LogEntry[] }>;

export const families = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'unknown'] as const;
export type Family = (typeof families)[number];
export type HistogramBucket = Api.HistogramBucket;
export type Histogram = Api.HistogramAnswer;
export type TopValues = Api.FieldCounts;

/** Times are epoch nanoseconds, as near as a JSON number comes to them. */
export type SpanEvent = { name: string; time?: number; attributes?: Fields };
export type TraceSpan = Narrowed<Api.SpanView, { attributes?: Fields; events?: SpanEvent[] }>;
export type Trace = Narrowed<Api.TraceAnswer, { spans: TraceSpan[]; logs: LogEntry[] }>;

export type Overview = Narrowed<Api.Overview, { groups: CrashGroup[] }>;

export type ChannelState = Api.ChannelView;
export type ChannelTest = Narrowed<Api.ChannelTest, { status: 'sent' | 'retry' | 'rejected' }>;

export type LevelRule = Api.LevelRule;
export type LevelListener = Api.LevelListener;
export type LevelChange = Narrowed<Api.LevelChange, { action: 'set' | 'cleared' }>;
export type LevelList = Narrowed<Api.LevelList, { changes: LevelChange[] }>;
