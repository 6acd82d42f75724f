/** Posts of one place under an old and a new name, or under a short name and a long one. */
const renamedStations = [
  ['KIEV', 'KYIV'],
  ['CALCUTTA', 'KOLKATA'],
  ['MADRAS', 'CHENNAI'],
  ['LENINGRAD', 'STPETERSBURG'],
  ['BELIZE', 'BELMOPAN'],
  ['TAIPEI', 'AITTAIPEI'],
  ['PARISFR', 'UNESCOPARISFR', 'UNESCOPARIS'],
  ['DAMASCUS', 'DAMASCCUS'],
  ['WASHDC', 'STATE'],
];

/** Posts in one place that are not the same. */
const neighbouringPosts = [
  ['BRUSSELS', 'USEUBRUSSELS', 'USNATO'],
  ['VIENNA', 'UNVIEVIENNA', 'USOSCE'],
  ['DUBAI', 'RPODUBAI', 'IRANRPODUBAI'],
  ['GENEVA', 'CDGENEVA', 'USTRGENEVA'],
  ['PARIS', 'PARISFR', 'UNESCOPARISFR', 'UNESCOPARIS'],
  ['ROME', 'UNROME', 'VATICAN'],
  ['ASTANA', 'ALMATY'],
  ['BERLIN', 'BONN'],
  ['STATE', 'WASHDC', 'PARTO', 'FESTTWO'],
];

/** The other names of a station. */
export function renamesOf(station: string): string[] {
  return others(renamedStations, station);
}

/** The stations that it is taken for. */
export function neighboursOf(station: string): string[] {
  return others(neighbouringPosts, station);
}

function others(groups: readonly (readonly string[])[], station: string): string[] {
  return groups.flatMap((group) => (group.includes(station) ? group.filter((each) => each !== station) : []));
}
