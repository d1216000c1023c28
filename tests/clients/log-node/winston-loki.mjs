// winston-loki <url> json|proto [user:password]: two records as Loki pushes.
import winston from 'winston';
import LokiTransport from 'winston-loki';

const [url, encoding, basicAuth] = process.argv.slice(2);
const transport = new LokiTransport({
  host: url, json: encoding === 'json', basicAuth, labels: { app: 'shop' }, interval: 1, timeout: 5000, clearOnError: true,
  format: winston.format.printf(record => record.message),
  onConnectionError: error => { console.error(error); process.exit(1); },
});
const log = winston.createLogger({ level: 'debug', transports: [transport] });
log.info('order placed ✗ "42"', { labels: { region: 'eu' } });
log.error('payment failed', { labels: { region: 'eu' } });
await transport.flush();
console.log('sent');
setTimeout(() => process.exit(0), 100);
