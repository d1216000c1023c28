// pino-loki <url> [password]: two records as Loki pushes.
import pino from 'pino';
import { pinoLoki } from 'pino-loki';

const [url, password] = process.argv.slice(2);
const stream = pinoLoki({
  host: url, batching: false, labels: { application: 'shop' }, propsToLabels: ['region'],
  basicAuth: password ? { username: 'any', password } : undefined,
});
const log = pino({ level: 'debug' }, stream);
log.info({ region: 'eu', order: 42 }, 'order placed');
log.error({ region: 'eu' }, 'payment failed');
stream.end();
stream.on('close', () => console.log('sent'));
