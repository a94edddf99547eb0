import type { ModelSketch, SketchConstant, SketchOperator, SketchType } from './model-file.js';

export type NormSpelling =
  | 'instance'
  | 'group-18'
  | 'group-21'
  | 'decomposed'
  | 'decomposed-power'
  | 'decomposed-reciprocal';
export type UpsampleSpelling = 'scales' | 'sizes' | 'transposed' | 'depth-to-space';

export interface SketchStyle {
  readonly norm: NormSpelling;
  readonly upsample: UpsampleSpelling;
  readonly groups: number;
}

/** Draws image networks operator by operator, in the spellings that exporters use, with small seeded weights. */
export class ImageSketch {
  readonly style: SketchStyle;
  readonly #operators: SketchOperator[] = [];
  readonly #constants: Record<string, SketchConstant> = {};
  readonly #channels = new Map<string, number>();
  #tensors = 0;

  constructor(style: SketchStyle, inputChannels: number) {
    this.style = style;
    this.#channels.set('latent', inputChannels);
  }

  /** The whole model, with `output` as its image. */
  model(output: string): ModelSketch {
    const opset = { 'group-18': 18, 'group-21': 21 }[this.style.norm as string] ?? 17;
    this.#operators.push({ type: 'Identity', inputs: [output], outputs: ['image'] });
    const type = (name: string, rows: string, columns: string): SketchType => [
      'float32',
      ['batch', this.channels(name), rows, columns],
    ];
    return {
      opset,
      inputs: { latent: type('latent', 'height', 'width') },
      outputs: { image: type(output, 'rows', 'columns') },
      operators: this.#operators,
      constants: this.#constants,
    };
  }

  channels(tensor: string): number {
    return this.#channels.get(tensor) as number;
  }

  op(type: string, inputs: readonly string[], channels: number, rest: Partial<SketchOperator> = {}): string {
    const output = `t${this.#tensors++}`;
    this.#operators.push({ type, inputs, outputs: [output], ...rest });
    this.#channels.set(output, channels);
    return output;
  }

  weights(shape: readonly number[], size = 1, offset = 0): string {
    const name = `w${Object.keys(this.#constants).length}`;
    const count = shape.reduce((product, extent) => product * extent, 1);
    const seed = Object.keys(this.#constants).length + 1;
    const data = Float32Array.from({ length: count }, (_, i) => offset + size * Math.sin(seed * 7.13 + i * 3.7));
    this.#constants[name] = { shape, data };
    return name;
  }

  numbers(...values: readonly number[]): string {
    const name = `n${Object.keys(this.#constants).length}`;
    this.#constants[name] = { shape: [values.length], data: BigInt64Array.from(values, BigInt) };
    return name;
  }

  float(value: number): string {
    const name = `f${Object.keys(this.#constants).length}`;
    this.#constants[name] = { shape: [], data: Float32Array.of(value) };
    return name;
  }

  conv(x: string, channels: number, kernel = 3): string {
    const [from, pad] = [this.channels(x), (kernel - 1) / 2];
    const weights = this.weights([channels, from, kernel, kernel], 1 / (kernel * Math.sqrt(from)));
    return this.op('Conv', [x, weights, this.weights([channels], 0.1)], channels, {
      attributes: { kernel_shape: [kernel, kernel], pads: [pad, pad, pad, pad] },
    });
  }

  silu(x: string): string {
    return this.op('Mul', [x, this.op('Sigmoid', [x], this.channels(x))], this.channels(x));
  }

  groupNorm(x: string): string {
    const { norm, groups } = this.style;
    const channels = this.channels(x);
    if (norm === 'instance') return this.#affine(this.#ungrouped(this.#instance(this.#grouped(x)), x));
    if (norm === 'group-18' || norm === 'group-21') {
      const parameters = norm === 'group-18' ? groups : channels;
      return this.op(
        'GroupNormalization',
        [x, this.weights([parameters], 0.2, 1), this.weights([parameters], 0.2)],
        channels,
        {
          attributes: { num_groups: groups, epsilon: { float: 1e-6 } },
        },
      );
    }
    return this.#affine(this.#ungrouped(this.#decomposed(this.#grouped(x)), x));
  }

  resnet(x: string, channels: number): string {
    const first = this.conv(this.silu(this.groupNorm(x)), channels);
    const second = this.conv(this.silu(this.groupNorm(first)), channels);
    return this.op('Add', [this.channels(x) === channels ? x : this.conv(x, channels, 1), second], channels);
  }

  upsample(x: string): string {
    const channels = this.channels(x);
    const nearest = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
    const { upsample } = this.style;
    if (upsample === 'transposed') {
      const weights = this.weights([channels, channels, 4, 4], 0.5 / Math.sqrt(channels));
      return this.op('ConvTranspose', [x, weights], channels, { attributes: { strides: [2, 2], pads: [1, 1, 1, 1] } });
    }
    if (upsample === 'depth-to-space') {
      return this.conv(
        this.op('DepthToSpace', [this.conv(x, channels * 4)], channels, { attributes: { blocksize: 2 } }),
        channels,
      );
    }
    if (upsample === 'scales') {
      const scales = this.weights([4]);
      this.#constants[scales] = { shape: [4], data: Float32Array.of(1, 1, 2, 2) };
      return this.conv(this.op('Resize', [x, '', scales], channels, { attributes: nearest }), channels);
    }
    const extents = this.op('Slice', [this.op('Shape', [x], 0), this.numbers(2), this.numbers(4)], 0);
    const doubled = this.op('Mul', [extents, this.numbers(2)], 0);
    const sizes = this.op('Concat', [this.numbers(1, channels), doubled], 0, { attributes: { axis: 0 } });
    return this.conv(this.op('Resize', [x, '', '', sizes], channels, { attributes: nearest }), channels);
  }

  /** One head over all positions, as in the middle of Stable Diffusion's first stage. */
  attention(x: string): string {
    const channels = this.channels(x);
    const flat = this.op('Reshape', [this.groupNorm(x), this.numbers(0, channels, -1)], channels);
    const tokens = this.op('Transpose', [flat], 0, { attributes: { perm: [0, 2, 1] } });
    const [q, k, v] = [0, 1, 2].map(() =>
      this.op('MatMul', [tokens, this.weights([channels, channels], 1 / Math.sqrt(channels))], 0),
    );
    const keys = this.op('Transpose', [k as string], 0, { attributes: { perm: [0, 2, 1] } });
    const scores = this.op('Mul', [this.op('MatMul', [q as string, keys], 0), this.float(1 / Math.sqrt(channels))], 0);
    const mixed = this.op('MatMul', [this.op('Softmax', [scores], 0, { attributes: { axis: -1 } }), v as string], 0);
    const back = this.op('Transpose', [mixed], 0, { attributes: { perm: [0, 2, 1] } });
    return this.op('Add', [this.op('Reshape', [back, this.op('Shape', [x], 0)], channels), x], channels);
  }

  #grouped(x: string): string {
    return this.op('Reshape', [x, this.numbers(0, this.style.groups, -1)], 0);
  }

  #ungrouped(grouped: string, like: string): string {
    return this.op('Reshape', [grouped, this.op('Shape', [like], 0)], this.channels(like));
  }

  #affine(x: string): string {
    const channels = this.channels(x);
    const scaled = this.op('Mul', [x, this.weights([channels, 1, 1], 0.2, 1)], channels);
    return this.op('Add', [scaled, this.weights([channels, 1, 1], 0.2)], channels);
  }

  #instance(grouped: string): string {
    const { groups } = this.style;
    return this.op('InstanceNormalization', [grouped, this.weights([groups], 0, 1), this.weights([groups], 0)], 0, {
      attributes: { epsilon: { float: 1e-6 } },
    });
  }

  #decomposed(grouped: string): string {
    const mean = { attributes: { axes: [2], keepdims: 1 } };
    const centred = this.op('Sub', [grouped, this.op('ReduceMean', [grouped], 0, mean)], 0);
    const isPower = this.style.norm === 'decomposed-power';
    const square = isPower ? this.op('Pow', [centred, this.float(2)], 0) : this.op('Mul', [centred, centred], 0);
    const offset = this.op('Add', [this.op('ReduceMean', [square], 0, mean), this.float(1e-6)], 0);
    if (isPower) return this.op('Mul', [centred, this.op('Pow', [offset, this.float(-0.5)], 0)], 0);
    const root = this.op('Sqrt', [offset], 0);
    if (this.style.norm === 'decomposed') return this.op('Div', [centred, root], 0);
    return this.op('Mul', [this.op('Reciprocal', [root], 0), centred], 0);
  }
}

/** Stable Diffusion's decoder in small: mid block with attention, two levels, four times the latent's extents. */
export function decoderSketch(style: SketchStyle, channels: readonly [number, number] = [64, 32]): ModelSketch {
  const sketch = new ImageSketch(style, 4);
  const [wide, narrow] = channels;
  let x = sketch.conv(sketch.conv('latent', 4, 1), wide);
  x = sketch.resnet(sketch.attention(sketch.resnet(x, wide)), wide);
  x = sketch.upsample(sketch.resnet(x, wide));
  x = sketch.upsample(sketch.resnet(sketch.resnet(x, narrow), narrow));
  return sketch.model(sketch.conv(sketch.silu(sketch.groupNorm(sketch.resnet(x, narrow))), 3));
}
