import type { TypedTensor } from '../../typed-tensor.js';
import type { Band } from './band.js';
import type { GroupStatistics } from './group-statistics.js';
import type { ChannelScaling } from './merge-statistics.js';

/** Where one band's tensors live while a network runs: in this process, or on a worker. */
export interface BandHolder {
  readonly band: Band;
  /** Keeps the band's rows of a tensor that was computed elsewhere. */
  place(tensor: string, rows: TypedTensor): Promise<BandReport>;
  /** Runs a banded segment (by its place in the plan) on the band, and keeps what it gives. */
  advance(segment: number, given: GivenToBand): Promise<BandReport>;
  /** The band's own rows of a tensor it keeps. */
  rows(tensor: string): Promise<TypedTensor>;
}

/** What a band cannot know by itself. */
export interface GivenToBand {
  /** Of the segment's inputs that want them, neighbours' rows; absent at the image's border. */
  readonly halos: Readonly<Record<string, HaloRows>>;
  /** By the norm's place in the plan. */
  readonly scalings: Readonly<Record<number, ChannelScaling>>;
}

export interface HaloRows {
  readonly above?: TypedTensor;
  readonly below?: TypedTensor;
}

/** What the others need of a band's new tensors. */
export interface BandReport {
  readonly edges: Readonly<Record<string, BandEdges>>;
  /** By the norm's place in the plan. */
  readonly statistics: Readonly<Record<number, GroupStatistics>>;
}

export interface BandEdges {
  /** For the neighbour above; absent where none is wanted. */
  readonly first?: TypedTensor;
  /** For the neighbour below. */
  readonly last?: TypedTensor;
}
