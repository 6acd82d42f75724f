import type { Cable } from '../../core/cable.ts';
import { type CableIndex, type Facet, type Group, inOrder, keyOf, pageOf, spanOf } from './cable-index.ts';
import type { CableBrief } from './corpus.ts';
import { partsOf } from '../ids/reference-id.ts';

/** Lists of cables in memory. */
export function listingOf(all: Iterable<Cable>): CableIndex {
  const cables = inOrder([...all], keyOf);
  return {
    size: cables.length,
    list({ of, after = '', most, ...date }) {
      const [start, end] = spanOf(date);
      const found = cables.filter((cable) => {
        const key = keyOf(cable);
        return (
          key > after && key >= start && key < end && (of === undefined || namesOf(cable, of.facet).includes(of.name))
        );
      });
      return pageOf(found.slice(0, most + 1).map(briefOf), most);
    },
    groups(by, year) {
      const names = cables.flatMap((cable) => (by === 'date' ? dateOf(cable, year) : namesOf(cable, by)));
      return counted(names);
    },
  };
}

function briefOf({ referenceId, subject, created, classification }: Cable): CableBrief {
  return { referenceId, subject, created, classification };
}

function namesOf({ referenceId, classification, tags }: Cable, facet: Facet): readonly string[] {
  if (facet === 'tag') return [...new Set(tags)];
  const name = facet === 'station' ? partsOf(referenceId)?.station : classification;
  return name === undefined || name === null ? [] : [name];
}

function dateOf({ created }: Cable, year: number | undefined): string[] {
  if (created === null) return [];
  if (year === undefined) return [created.slice(0, 4)];
  return created.startsWith(String(year)) ? [created.slice(5, 7)] : [];
}

function counted(names: readonly string[]): Group[] {
  const groups = [...Map.groupBy(names, (name) => name)].map(([name, each]) => ({ name, cables: each.length }));
  return inOrder(groups, ({ name }) => name);
}
