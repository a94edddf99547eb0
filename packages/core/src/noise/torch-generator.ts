import { MersenneTwister } from './mersenne-twister.js';
import { fillNormalBlock } from './normal-block.js';

/** From this many values on torch fills blocks; below it draws one by one, in double. */
const BLOCK = 16;

/** torch.Generator(device="cpu"): the same seed gives the same bits as `torch.randn` on x86 with AVX2. */
export interface TorchGenerator {
  /** `torch.randn(count, generator=…)`, float32. */
  randn(count: number): Float32Array;
  /** Leaves the generator where `randn(count)` would leave it. */
  skip(count: number): void;
}

/**
 * @param seed any 64-bit integer; as in torch its low 32 bits count.
 * @throws RangeError or SyntaxError when `seed` is not an integer.
 */
export function createTorchGenerator(seed: bigint | string | number): TorchGenerator {
  const engine = new MersenneTwister(Number(BigInt.asUintN(32, BigInt(seed))));
  /** The second half of the last scalar pair; block draws neither use nor clear it. */
  let cached: number | undefined;

  function scalar(): number {
    if (cached !== undefined) {
      const value = cached;
      cached = undefined;
      return value;
    }
    const theta = 2 * Math.PI * uniform53(engine);
    const r = Math.sqrt(-2 * Math.log1p(-uniform53(engine)));
    cached = r * Math.sin(theta);
    return r * Math.cos(theta);
  }

  function blocks(out: Float32Array): Float32Array {
    const words = new Int32Array(out.length);
    for (let i = 0; i < words.length; i++) words[i] = engine.next() & 0xffffff;
    for (let i = 0; i + BLOCK <= words.length; i += BLOCK) fillNormalBlock(words, i, out, i);
    if (words.length % BLOCK !== 0) {
      for (let i = 0; i < BLOCK; i++) words[i] = engine.next() & 0xffffff;
      fillNormalBlock(words, 0, out, out.length - BLOCK);
    }
    return out;
  }

  function randn(count: number): Float32Array {
    const out = new Float32Array(count);
    if (count >= BLOCK) return blocks(out);
    for (let i = 0; i < count; i++) out[i] = scalar();
    return out;
  }

  function skip(count: number): void {
    if (count < BLOCK) randn(count);
    else engine.skip(count + (count % BLOCK === 0 ? 0 : BLOCK));
  }

  return { randn, skip };
}

/** A double in [0, 1) from two words, the first one high. */
function uniform53(engine: MersenneTwister): number {
  const high = engine.next() & 0x1fffff;
  return (high * 2 ** 32 + engine.next()) * 2 ** -53;
}
