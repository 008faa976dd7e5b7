/** The first word with the server: which life of its database this is, how far its backups reach, what it wants. */
import { failure, NO_REPLY, readHello, type Wait, wait } from '../outbox/answers';
import type { Line } from '../outbox/line';
import { resetTo } from './reset';
import type { Envelope } from './wire';

/** Takes over what an answer says of the server, the epoch before all else. */
export async function heed(line: Line, envelope: Envelope): Promise<void> {
  const { epoch, durable } = envelope;
  const known = await line.deps.storage.state();
  if (known.epoch !== epoch) await resetTo(line, epoch);
  const heardAt = Date.parse(envelope.server_time);
  await line.deps.storage.note({ durable, lastContactAt: line.now(), offsetMs: line.offset(), heardAt });
}

/** Says hello; null when it was answered, else why it has to be said again later. */
export async function greet(line: Line): Promise<Wait | null> {
  const reply = await line.ask('/s1/hello', { method: 'GET' });
  const hello = reply && readHello(reply);
  if (hello) {
    await heed(line, hello);
    await line.deps.storage.note({ schemaMin: hello.schemaMin });
    await line.obey(hello.order);
    return null;
  }
  if (!reply) return NO_REPLY;
  return reply.status < 300 ? wait('not_our_server') : failure(reply);
}
