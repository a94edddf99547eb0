import { type GraphModel, type ModelOperator, readGraphModel, type SubGraph, writeSubGraph } from '@tessera/onnx';

type Attributes = ModelOperator['attributes'];
type Constants = SubGraph['madeConstants'];

const FLOAT32 = 1;
const FLOAT64 = 11;

/**
 * Writes the model again, whole, with every InstanceNormalization of [batch,
 * groups, values] spelled out in float64: what the graph says, without what
 * ONNX Runtime's float32 sums over millions of values lose.
 */
export async function writeWithExactNorms(from: string, to: string): Promise<void> {
  const model = readGraphModel(from);
  const constants: Constants[number][] = [{ name: 'exact:columns', shape: [3], data: BigInt64Array.of(1n, -1n, 1n) }];
  const operators = model.operators.flatMap((operator) => exact(operator, constants));
  const initializers = [...model.initializers.values()];
  await writeSubGraph({ ...wholeOf(model), operators, initializers, madeConstants: constants }, to);
}

function wholeOf(model: GraphModel) {
  const { name, inputs, outputs } = model;
  return { model, name, inputs, outputs, weightBytes: 0 };
}

function exact(norm: ModelOperator, constants: Constants[number][]): readonly ModelOperator[] {
  if (norm.type !== 'InstanceNormalization') return [norm];
  const [x, scale, bias] = norm.inputs as [string, string, string];
  const [y] = norm.outputs as [string];
  const own = (name: string) => `exact:${y}:${name}`;
  const epsilon = norm.attributes.get('epsilon')?.value;
  constants.push({
    name: own('epsilon'),
    shape: [],
    data: Float32Array.of(epsilon?.type === 'float' ? epsilon.value : 1e-5),
  });
  const op = (type: string, inputs: readonly string[], output: string, attributes: Attributes = new Map()) => {
    return { name: output, type, domain: '', inputs, outputs: [output], attributes };
  };
  const over: Attributes = new Map([
    ['axes', { value: { type: 'ints', value: [2] } }],
    ['keepdims', { value: { type: 'int', value: 1 } }],
  ]);
  const cast = (to: number): Attributes => new Map([['to', { value: { type: 'int', value: to } }]]);
  return [
    op('Cast', [x], own('x'), cast(FLOAT64)),
    op('ReduceMean', [own('x')], own('mean'), over),
    op('Sub', [own('x'), own('mean')], own('centred')),
    op('Mul', [own('centred'), own('centred')], own('squares')),
    op('ReduceMean', [own('squares')], own('variance'), over),
    op('Cast', [own('epsilon')], own('epsilon64'), cast(FLOAT64)),
    op('Add', [own('variance'), own('epsilon64')], own('offset')),
    op('Sqrt', [own('offset')], own('deviation')),
    op('Div', [own('centred'), own('deviation')], own('normed64')),
    op('Cast', [own('normed64')], own('normed'), cast(FLOAT32)),
    op('Reshape', [scale, 'exact:columns'], own('scale')),
    op('Reshape', [bias, 'exact:columns'], own('bias')),
    op('Mul', [own('normed'), own('scale')], own('scaled')),
    op('Add', [own('scaled'), own('bias')], y),
  ];
}
