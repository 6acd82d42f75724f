import { answerTasks } from '../core/thread.ts';
import { permissionIn, type RobotsQuestion } from './link-probe.ts';

// A thread that reads large robots.txt: two megabytes of rules take half a second.
answerTasks(({ robots, url, userAgent }: RobotsQuestion) => permissionIn(robots, url, userAgent));
