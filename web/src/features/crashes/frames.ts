import type { CrashException, CrashFrame } from '../../shared/api/types';

// Only decides what is folded on screen; which frames count for grouping is the server's business.
const platform = new RegExp(
  '^(' +
    [
      'System|Microsoft|Internal|Interop|Windows|mscorlib|netstandard|Npgsql|Dapper|Newtonsoft|Serilog|Polly',
      'StackExchange|MySql|MySqlConnector|Grpc|Google\\.Protobuf|Azure|Amazon|RabbitMQ|MassTransit|AutoMapper',
      'MediatR|Quartz|Hangfire|OpenTelemetry|Tocsin\\.Sdk',
    ].join('|') +
    ')\\.',
);
const native = /^(lib[\w.+-]+\.so|ld-linux|\[|<)/;

export function isOwn(frame: CrashFrame): boolean {
  const method = frame.method.replace(/^at /, '');
  if (native.test(method) || (frame.module && /^(System|Microsoft)\.|^lib/.test(frame.module))) return false;
  return !platform.test(method);
}

/** A run of frames: one's own, shown; or the platform's, folded to its count. */
export interface FrameRun {
  own: boolean;
  frames: CrashFrame[];
}

/** Groups neighbouring frames; the order is kept and every frame is in exactly one run. */
export function runsOf(frames: CrashFrame[]): FrameRun[] {
  const runs: FrameRun[] = [];
  for (const frame of frames) {
    const own = isOwn(frame);
    const last = runs.at(-1);
    if (last && last.own === own) last.frames.push(frame);
    else runs.push({ own, frames: [frame] });
  }
  return runs;
}

export interface ChainLink {
  exception: CrashException;
  depth: number;
}

/** The exception and its causes, outermost first. */
export function chainOf(exception: CrashException | undefined, depth = 0): ChainLink[] {
  if (!exception || depth > 20) return [];
  return [{ exception, depth }, ...(exception.inner ?? []).flatMap((inner) => chainOf(inner, depth + 1))];
}

export function frameText(frame: CrashFrame): string {
  const place = frame.file ? ` in ${frame.file}${frame.line ? `:${frame.line}` : ''}` : '';
  const again = (frame.repeated ?? 1) > 1 ? ` (× ${frame.repeated})` : '';
  return `   at ${frame.method}${place}${again}`;
}

export function stackText(exception: CrashException): string {
  const head = `${exception.type}: ${exception.message ?? ''}`;
  const frames = exception.frames ?? [];
  return [head, frames.length > 0 ? frames.map(frameText).join('\n') : (exception.stackText ?? '')]
    .join('\n')
    .trimEnd();
}
