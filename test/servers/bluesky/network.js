/**
 * A Bluesky network (PLC, PDS, AppView, labeler) for tests: prints where it is as a line of JSON, and ends with its standard input.
 * `POST /` to `control` answers when all that was written is indexed.
 */
import { Server } from 'node:http';
import { Server as NetServer } from 'node:net';

// The packages listen everywhere; a test belongs to this host.
const listen = Reflect.get(NetServer.prototype, 'listen');
NetServer.prototype.listen = function listenHere(port, ...more) {
  return typeof port === 'number'
    ? listen.call(this, port, '127.0.0.1', ...more.filter((one) => typeof one === 'function'))
    : listen.call(this, port, ...more);
};

const { TestNetwork } = await import('@atproto/dev-env');
const options = JSON.parse(process.argv[2] ?? '{}');
const network = await TestNetwork.create({ dbPostgresSchema: 'pilcrow', ...options });

const control = new Server();
control.on('request', (_request, response) => {
  network.processAll(60_000).then(
    () => response.end(),
    (error) => response.writeHead(500).end(String(error)),
  );
});
control.listen(0, () => {
  const { pds, bsky, plc } = network;
  const urls = { pds: pds.url, appview: bsky.url, plc: plc.url, control: `http://127.0.0.1:${control.address().port}` };
  process.stdout.write(`${JSON.stringify(urls)}\n`);
});

const leave = () => process.exit(0);
process.stdin.resume().once('end', () => {
  setTimeout(leave, 3000);
  network.close().then(leave, leave);
});
