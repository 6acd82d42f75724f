import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Runs the slowest files first, so that at the end no worker waits for one of them. The runner itself goes by size, and files of faults are short. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's own method, no array's
    const ofProjects = Map.groupBy(await super.sort(files), ({ project }) => project.name);
    return [...ofProjects.values()].flatMap((all) => {
      const { slow = [], quick = [] } = Object.groupBy(all, ({ moduleId }) =>
        moduleId.includes('/test/faults/') ? 'slow' : 'quick',
      );
      return [...slow, ...quick];
    });
  }
}
