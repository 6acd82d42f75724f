import { cutContract } from '../../contract/cut.ts';
import { openPlace } from './blog.ts';

cutContract('webmention', async () => {
  const place = await openPlace();
  return { ...place, answering: (payload) => place.answering(payload, place.proxy.port) };
});
