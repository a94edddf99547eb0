const N = 624;
const M = 397;

/**
 * MT19937 (Matsumoto and Nishimura, 1998), seeded with one 32-bit word as
 * torch's CPU generator does it (ATen/core/MT19937RNGEngine.h).
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(N);
  #position = N;

  constructor(seed: number) {
    const s = this.#state;
    s[0] = seed;
    for (let j = 1; j < N; j++) {
      const previous = s[j - 1] as number;
      s[j] = Math.imul(1812433253, previous ^ (previous >>> 30)) + j;
    }
  }

  /** The next word, 0 … 2³²−1. */
  next(): number {
    if (this.#position === N) this.#regenerate();
    let y = this.#state[this.#position++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** Passes over `count` words, as if `next` had been called for each. */
  skip(count: number): void {
    let left = count;
    while (left > N - this.#position) {
      left -= N - this.#position;
      this.#regenerate();
    }
    this.#position += left;
  }

  #regenerate(): void {
    const s = this.#state;
    for (let j = 0; j < N; j++) {
      const y = ((s[j] as number) & 0x80000000) | ((s[(j + 1) % N] as number) & 0x7fffffff);
      s[j] = (s[(j + M) % N] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }
}
