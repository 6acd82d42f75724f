import { answerTasks } from '../../core/thread.ts';
import { readDocument } from '../parse/parse-document.ts';

// A thread that reads fetched pages, which may have megabytes.
answerTasks((page: string) => readDocument(page, undefined));
