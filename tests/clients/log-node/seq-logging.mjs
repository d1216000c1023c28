// seq-logging <url> [key]: two events to Seq.
import { Logger } from 'seq-logging';

const [url, apiKey] = process.argv.slice(2);
const log = new Logger({ serverUrl: url, apiKey, onError: error => { console.error(error); process.exitCode = 1; } });
log.emit({
  timestamp: new Date(), level: 'Warning', messageTemplate: 'Order {OrderId} of {User} took {Elapsed:000} ms',
  properties: { OrderId: 42, User: 'zoe ✗', Elapsed: 7.5, Nested: { a: [1, true, null] } },
  traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00f067aa0ba902b7',
});
log.emit({
  timestamp: new Date(), level: 'Error', messageTemplate: 'Payment failed', exception: 'Error: declined\n    at pay (pay.js:1:2)',
  properties: { Application: 'shop' },
});
await log.close();
console.log('sent');
