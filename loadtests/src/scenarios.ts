/** What the runner has to bring for a scenario; the scenario itself is a k6 script of the same name. */
export interface Scenario {
  readonly name: string;
  /** What it says, in one line. */
  readonly title: string;
  /** It offers a share of what the cluster can do, which is measured first unless a rate is told. */
  readonly needsCapacity: boolean;
  /** Tenants that it plays: each needs an API key. */
  readonly tenants: number;
  /** Viewers beside k6 that stop reading, which k6 itself cannot do. */
  readonly pausedViewers: number;
}

const PLAIN = { needsCapacity: false, tenants: 0, pausedViewers: 0 };

export const SCENARIOS: readonly Scenario[] = [
  { ...PLAIN, name: 'smoke', title: 'whether a cluster works at all' },
  { ...PLAIN, name: 'capacity', title: 'how many generations a second it makes when it is full' },
  { ...PLAIN, name: 'steady', title: 'what users see at 60 % of the capacity', needsCapacity: true },
  {
    ...PLAIN,
    name: 'spike',
    title: 'four times the capacity for a while, and how soon it is over',
    needsCapacity: true,
  },
  { ...PLAIN, name: 'stress', title: 'from half of the capacity to four times, until it refuses', needsCapacity: true },
  { ...PLAIN, name: 'soak', title: 'half of the capacity for long: what grows', needsCapacity: true },
  { ...PLAIN, name: 'cancel-storm', title: 'what is stopped is given back at once' },
  {
    ...PLAIN,
    name: 'slow-viewers',
    title: 'viewers that stop reading cost the others nothing',
    needsCapacity: true,
    pausedViewers: 20,
  },
  { ...PLAIN, name: 'reconnects', title: 'viewers that lose their connection miss nothing' },
  { ...PLAIN, name: 'mixed-sizes', title: 'small images beside large ones', needsCapacity: true },
  { ...PLAIN, name: 'two-tenants', title: 'a tenant that floods takes no more than its share', tenants: 2 },
];
