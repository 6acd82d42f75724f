import { answerTasks } from '../../core/thread.ts';
import { parseDocument } from '../parse/parse-document.ts';

// A thread that reads fetched pages, which may have megabytes.
answerTasks((page: string) => parseDocument(page));
