import type { AttributeValue, ModelOperator, StoredTensor } from './graph-model.js';

export function intAttribute(operator: ModelOperator, name: string, otherwise: number): number {
  const value = attribute(operator, name);
  return value?.type === 'int' ? value.value : otherwise;
}

export function floatAttribute(operator: ModelOperator, name: string, otherwise: number): number {
  const value = attribute(operator, name);
  return value?.type === 'float' ? value.value : otherwise;
}

export function textAttribute(operator: ModelOperator, name: string, otherwise: string): string {
  const value = attribute(operator, name);
  return value?.type === 'text' ? value.value : otherwise;
}

export function intsAttribute(operator: ModelOperator, name: string): readonly number[] | undefined {
  const value = attribute(operator, name);
  return value?.type === 'ints' ? value.value : undefined;
}

export function floatsAttribute(operator: ModelOperator, name: string): readonly number[] | undefined {
  const value = attribute(operator, name);
  return value?.type === 'floats' ? value.value : undefined;
}

export function tensorAttribute(operator: ModelOperator, name: string): StoredTensor | undefined {
  const value = attribute(operator, name);
  return value?.type === 'tensor' ? value.value : undefined;
}

function attribute(operator: ModelOperator, name: string): AttributeValue | undefined {
  return operator.attributes.get(name)?.value;
}
