import type { ModelOperator, OperatorAttribute } from './graph-model.js';

/** An operator with one output. */
export function madeOperator(
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, OperatorAttribute>> = {},
): ModelOperator {
  return {
    name: `${output}/${type}`,
    type,
    domain: '',
    inputs,
    outputs: [output],
    attributes: new Map(Object.entries(attributes)),
  };
}

/** The model's operator with other fields: it is written anew, not repeated. */
export function changedOperator(original: ModelOperator, change: Partial<ModelOperator>): ModelOperator {
  const { stored: _, ...rest } = original;
  return { ...rest, ...change };
}

export function intValue(value: number): OperatorAttribute {
  return { value: { type: 'int', value } };
}

export function intsValue(value: readonly number[]): OperatorAttribute {
  return { value: { type: 'ints', value } };
}

export function textValue(value: string): OperatorAttribute {
  return { value: { type: 'text', value } };
}

export function intsOf(attribute: OperatorAttribute | undefined): readonly number[] | undefined {
  return attribute?.value.type === 'ints' ? attribute.value.value : undefined;
}
