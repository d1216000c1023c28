// Sends one log record and one span with the real OpenTelemetry JavaScript SDK, then says "sent".
// node send.mjs <proto|http|grpc> <base url> [gzip]
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const [kind, base, compression] = process.argv.slice(2);
const { OTLPLogExporter } = await import(`@opentelemetry/exporter-logs-otlp-${kind}`);
const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${kind}`);

const options = (signal) => ({ url: kind === 'grpc' ? base : new URL(`/v1/${signal}`, base).href, compression });
const resource = resourceFromAttributes({ 'service.name': `node-${kind}`, 'process.pid': process.pid });

// The SDK's processors swallow failures; the results are what this program is about.
const results = [];
const watched = (exporter) => ({
  export: (items, done) => exporter.export(items, (result) => { results.push(result); done(result); }),
  forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  shutdown: () => exporter.shutdown(),
});

const traces = new BasicTracerProvider({
  resource, spanProcessors: [new BatchSpanProcessor(watched(new OTLPTraceExporter(options('traces'))))],
});
const logExporter = watched(new OTLPLogExporter(options('logs')));
const logs = new LoggerProvider({
  resource, processors: [new BatchLogRecordProcessor({ exporter: logExporter })],
});

const span = traces.getTracer('checkout', '1.0').startSpan('pay', {
  kind: SpanKind.CLIENT,
  attributes: { 'order.id': 42, 'cards': ['4111 1111 1111 1111'], ratio: 0.5, ok: false },
});
span.recordException(new Error('card declined'));
span.setStatus({ code: SpanStatusCode.ERROR, message: 'card declined' });
logs.getLogger('checkout', '1.0').emit({
  severityNumber: SeverityNumber.WARN,
  severityText: 'WARN',
  body: { message: 'payment failed ✗', attempts: [1, 2, 3] },
  attributes: { 'user.password': 'hunter2', big: 9007199254740991, nested: { a: { b: true } } },
  context: trace.setSpan(context.active(), span),
});
span.end();

await traces.forceFlush();
await logs.forceFlush();
await traces.shutdown();
await logs.shutdown();
if (results.length !== 2 || results.some((r) => r.code !== 0)) {
  console.error(results);
  process.exit(1);
}
console.log('sent');
