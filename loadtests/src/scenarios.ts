/** What the runner has to bring for a scenario; the scenario itself is a k6 script of the same name. */
export interface Scenario {
  readonly name: string;
  /** What it says, in one line. */
  readonly title: string;
  /**
   * What it offers: as much as the script says; at one rate, a share of the
   * cluster's capacity; at several, shares of it too.
   */
  readonly load: 'own' | 'one rate' | 'several rates';
  /** Tenants that it plays: each needs an API key. */
  readonly tenants: number;
  /** Viewers beside k6 that stop reading, which k6 itself cannot do. */
  readonly pausedViewers: number;
}

const PLAIN = { load: 'own', tenants: 0, pausedViewers: 0 } as const;

export const SCENARIOS: readonly Scenario[] = [
  { ...PLAIN, name: 'smoke', title: 'whether a cluster works at all' },
  { ...PLAIN, name: 'capacity', title: 'how many generations a second it makes when it is full' },
  { ...PLAIN, name: 'steady', title: 'what users see at 60 % of the capacity', load: 'one rate' },
  {
    ...PLAIN,
    name: 'spike',
    title: 'four times the capacity for a while, and how soon it is over',
    load: 'several rates',
  },
  {
    ...PLAIN,
    name: 'stress',
    title: 'from half of the capacity to four times, until it refuses',
    load: 'several rates',
  },
  { ...PLAIN, name: 'soak', title: 'half of the capacity for long: what grows', load: 'one rate' },
  { ...PLAIN, name: 'cancel-storm', title: 'what is stopped is given back at once' },
  {
    ...PLAIN,
    name: 'slow-viewers',
    title: 'viewers that stop reading cost the others nothing',
    load: 'one rate',
    pausedViewers: 20,
  },
  { ...PLAIN, name: 'reconnects', title: 'viewers that lose their connection miss nothing' },
  { ...PLAIN, name: 'mixed-sizes', title: 'small images beside large ones', load: 'one rate' },
  { ...PLAIN, name: 'two-tenants', title: 'a tenant that floods takes no more than its share', tenants: 2 },
];
