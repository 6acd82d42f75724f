import { parentPort, type Transferable, Worker } from 'node:worker_threads';
import { messageOf } from './errors.ts';

/** A task was ended with its thread: it passed the deadline, or crashed the thread. */
export class ThreadError extends Error {
  override readonly name = 'ThreadError';
}

interface ThreadOptions {
  /** CPU time that a task may take, in milliseconds: on a busy machine it has as much as on an idle one. */
  readonly deadlineMs: number;
  /** A thread without tasks ends after this time, in milliseconds. */
  readonly idleMs?: number;
  /** A task that needs more heap fails, in MB. */
  readonly maxHeapMb?: number;
}

/** Between two checks of a thread that has little time left. */
const shortestWaitMs = 20;

interface Waiting<Task, Answer> {
  readonly task: Task;
  readonly deadlineMs: number;
  readonly answer: PromiseWithResolvers<Answer>;
}

type Message<Answer> = 'started' | { readonly answer: Answer } | { readonly error: string };

/**
 * Runs tasks in a worker thread, in order, so that no input holds up anything else: a task that passes the deadline, or crashes the thread, fails
 * alone. `file` is a module that calls `answerTasks`. The thread starts with the first task, and only its tasks keep the process alive.
 */
export class Thread<Task, Answer> implements AsyncDisposable {
  readonly #file: URL;
  readonly #options: ThreadOptions;
  readonly #waiting: Waiting<Task, Answer>[] = [];
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: URL, options: ThreadOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Number of tasks that are not done. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Errors: ThreadError; an Error with the message that the task threw; an Error if the thread was disposed. */
  run(task: Task, { deadlineMs } = this.#options): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    this.#waiting.push({ task, deadlineMs, answer });
    if (this.#worker === undefined) this.#start();
    else {
      this.#worker.ref();
      this.#worker.postMessage(task, []);
      if (this.size === 1) this.#watch();
    }
    return answer.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { answer } of this.#waiting.splice(0)) answer.reject(new Error('the thread was ended'));
    await this.#end();
  }

  #start(): void {
    const { maxHeapMb } = this.#options;
    // A task's objects are garbage immediately: a larger young generation would only take memory.
    const resourceLimits = { maxYoungGenerationSizeMb: 16, ...(maxHeapMb && { maxOldGenerationSizeMb: maxHeapMb }) };
    const worker = new Worker(this.#file, { resourceLimits });
    worker.on('message', (message: Message<Answer>) => {
      if (worker === this.#worker) this.#receive(message);
    });
    worker.on('error', (error) => {
      if (worker === this.#worker) this.#fail(`ends in “${messageOf(error)}”`, error);
    });
    for (const { task } of this.#waiting) worker.postMessage(task, []);
    this.#worker = worker;
  }

  #receive(message: Message<Answer>): void {
    if (message !== 'started') {
      const { answer } = this.#waiting.shift() ?? {};
      if ('answer' in message) answer?.resolve(message.answer);
      else answer?.reject(new Error(message.error));
    }
    this.#watch();
  }

  /** Watches the first task, or the idle thread. */
  #watch(): void {
    clearTimeout(this.#timer);
    const [first] = this.#waiting;
    const { idleMs = 10_000 } = this.#options;
    if (first === undefined) {
      this.#worker?.unref();
      this.#timer = setTimeout(() => void this.#end(), idleMs).unref();
      return;
    }
    const { deadlineMs } = first;
    const worker = this.#worker;
    const before = cpuMsOf(worker);
    const check = async () => {
      const usedMs = (await cpuMsOf(worker)) - (await before);
      if (worker !== this.#worker || first !== this.#waiting[0]) return;
      if (usedMs >= deadlineMs) this.#fail(`takes more than ${deadlineMs / 1000} s of CPU time`);
      else this.#timer = setTimeout(() => void check().catch(() => {}), Math.max(deadlineMs - usedMs, shortestWaitMs));
    };
    this.#timer = setTimeout(() => void check().catch(() => {}), deadlineMs);
  }

  /** Fails the first task; the others start again in a new thread. */
  #fail(message: string, cause?: unknown): void {
    this.#waiting.shift()?.answer.reject(new ThreadError(message, { cause }));
    this.#end().catch(() => {});
    if (this.size > 0) this.#start();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

/** CPU time of a thread so far, in milliseconds; 0 if it does not run, which `error` reports. */
async function cpuMsOf(worker: Worker | undefined): Promise<number> {
  try {
    const { user = 0, system = 0 } = (await worker?.cpuUsage()) ?? {};
    return (user + system) / 1000;
  } catch {
    return 0;
  }
}

/** Answers the tasks of a `Thread`; its module calls this once. `buffersOf` an answer are moved instead of copied. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what arrives is what the thread's `run` sends
export function answerTasks<Task, Answer>(
  work: (task: Task) => Answer,
  buffersOf: (answer: Answer) => readonly Transferable[] = () => [],
): void {
  parentPort?.on('message', (task: Task) => {
    try {
      const answer = work(task);
      parentPort?.postMessage({ answer } satisfies Message<Answer>, buffersOf(answer));
    } catch (error) {
      parentPort?.postMessage({ error: messageOf(error) } satisfies Message<Answer>, []);
    }
  });
  parentPort?.postMessage('started' satisfies Message<Answer>, []);
}
