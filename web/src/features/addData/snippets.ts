import type { ServerInfo } from '../../shared/api/types';

export interface Step {
  say: string;
  code: string;
}

export interface Source {
  name: string;
  label: string;
  /** What one gets this way, in one sentence. */
  gives: string;
  steps: Step[];
}

/** Where programs send to, as the server knows itself. */
export interface Addresses {
  url: string;
  otlp: string;
}

export function addressesOf(info: ServerInfo): Addresses {
  const url = info.url.replace(/\/+$/, '');
  // OTLP is also served on the main port, so a server without a separate OTLP port needs no other address.
  if (!info.ports.otlpHttp) return { url, otlp: url };
  const otlp = new URL(url);
  if (otlp.port !== String(info.ports.http ?? '')) return { url, otlp: url };
  otlp.port = String(info.ports.otlpHttp);
  otlp.pathname = '';
  return { url, otlp: otlp.href.replace(/\/+$/, '') };
}

const lines = (...text: string[]) => text.join('\n');

/** A log record that curl can send as it stands; the time is the sender's "now". */
const curlBody = (service: string) =>
  JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: 'NOW',
                severityNumber: 9,
                severityText: 'INFO',
                body: { stringValue: 'Hello from curl' },
              },
            ],
          },
        ],
      },
    ],
  }).replace('"NOW"', '"\'$(date +%s)\'000000000"');

export function sources({ url, otlp }: Addresses): Source[] {
  return [
    {
      name: 'dotnet',
      label: '.NET SDK',
      gives: 'Logs, traces and every way the process can die, seen from inside.',
      steps: [
        { say: 'Add the package', code: 'dotnet add package Tocsin.Sdk' },
        {
          say: 'One line where the host is built',
          code: lines(
            `var builder = WebApplication.CreateBuilder(args);`,
            ``,
            `builder.AddTocsin(tocsin => tocsin.Url = "${url}");`,
          ),
        },
        {
          say: 'Without a host, first thing in Main',
          code: `using TocsinSdk;\n\nusing var tocsin = Tocsin.Init(options => options.Url = "${url}");`,
        },
      ],
    },
    {
      name: 'run',
      label: 'tocsin run',
      gives: 'Crashes of any program, in any language, seen from outside. No code is changed.',
      steps: [
        {
          say: 'Start the program through Tocsin',
          code: `export TOCSIN_URL=${url}\ntocsin run --service checkout -- dotnet Checkout.dll`,
        },
      ],
    },
    {
      name: 'env',
      label: 'OpenTelemetry',
      gives: 'Logs and traces of any program that already speaks OTLP.',
      steps: [
        {
          say: 'Variables that every OpenTelemetry SDK reads',
          code: lines(
            `export OTEL_SERVICE_NAME=checkout`,
            `export OTEL_EXPORTER_OTLP_ENDPOINT=${otlp}`,
            `export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`,
            `export OTEL_LOGS_EXPORTER=otlp OTEL_TRACES_EXPORTER=otlp OTEL_METRICS_EXPORTER=none`,
          ),
        },
      ],
    },
    {
      name: 'python',
      label: 'Python',
      gives: 'Logs and traces of a Python program, without changing it.',
      steps: [
        {
          say: 'Install',
          code: lines(
            'pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http',
            'opentelemetry-bootstrap -a install',
          ),
        },
        {
          say: 'Run',
          code: lines(
            `OTEL_SERVICE_NAME=checkout \\`,
            `OTEL_EXPORTER_OTLP_ENDPOINT=${otlp} \\`,
            `OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \\`,
            `OTEL_METRICS_EXPORTER=none \\`,
            `OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED=true \\`,
            `opentelemetry-instrument python app.py`,
          ),
        },
      ],
    },
    {
      name: 'node',
      label: 'Node.js',
      gives: 'Traces and logs of a Node.js program, without changing it.',
      steps: [
        { say: 'Install', code: 'npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node' },
        {
          say: 'Run',
          code: lines(
            `OTEL_SERVICE_NAME=checkout \\`,
            `OTEL_EXPORTER_OTLP_ENDPOINT=${otlp} \\`,
            `OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \\`,
            `OTEL_METRICS_EXPORTER=none \\`,
            `OTEL_LOGS_EXPORTER=otlp \\`,
            `node --require @opentelemetry/auto-instrumentations-node/register app.js`,
          ),
        },
      ],
    },
    {
      name: 'curl',
      label: 'curl',
      gives: 'One record, by hand: the quickest way to see something arrive.',
      steps: [
        {
          say: 'Send a log record as OTLP/JSON',
          code: `curl -sS ${otlp}/v1/logs -H 'Content-Type: application/json' \\\n  -d '${curlBody('curl')}'`,
        },
      ],
    },
  ];
}
