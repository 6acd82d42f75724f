import { answerTasks } from '../../core/thread.ts';
import { readFileBytes } from './formats/index.ts';

// A thread that reads fetched pages, which may have megabytes.
answerTasks((page: string) => {
  const read = readFileBytes(new TextEncoder().encode(page), '');
  if (read.cables.length > 0) return read;
  // The page of a viewer that is not known: its message may stand among the markup.
  const plain = readFileBytes(new TextEncoder().encode(page.replaceAll(/<[^<>]{0,1000}>/g, '')), '');
  return plain.cables.length > 0 ? plain : read;
});
