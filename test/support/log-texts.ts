import type { Rulebooks } from '../../src/app/rulebook.ts';

/** The same rulebooks for replies that go to a fake platform: their texts are cut for the log, which has no limit that matters. */
export function textsForTheLog(rulebooks: Rulebooks): Rulebooks {
  return {
    ...rulebooks,
    current() {
      const rulebook = rulebooks.current();
      return {
        ...rulebook,
        compose: (answer) => rulebook.compose({ ...answer, publisher: 'log' }),
        say: (template, post, { warning }) => rulebook.say(template, post, { publisher: 'log', warning }),
      };
    },
  };
}
