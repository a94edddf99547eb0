import { invalidField } from '@tessera/core';

const PART = /^[A-Za-z0-9_-]+$/;
const OBJECT_NAME = /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/;
const MAX_NAME_LENGTH = 256;

export function assertGenerationId(generationId: string): void {
  if (PART.test(generationId) && generationId.length <= MAX_NAME_LENGTH) return;
  throw invalidField('generation_id', 'must consist of letters, digits, - and _', generationId);
}

export function assertObjectName(name: string): void {
  if (OBJECT_NAME.test(name) && name.length <= MAX_NAME_LENGTH) return;
  throw invalidField('object name', 'must consist of parts of letters, digits, -, _ and . separated by /', name);
}

export function assertSubject(subject: string): void {
  if (subject.length <= MAX_NAME_LENGTH && subject.split('.').every((part) => PART.test(part))) return;
  throw invalidField('subject', 'must consist of parts of letters, digits, - and _ separated by dots', subject);
}

export function assertPattern(pattern: string): void {
  const parts = pattern.split('.');
  const valid = parts.every((part, i) => PART.test(part) || part === '*' || (part === '>' && i === parts.length - 1));
  if (pattern.length <= MAX_NAME_LENGTH && valid) return;
  throw invalidField('pattern', 'must be a subject, with * for a part or > for the last ones', pattern);
}

export function assertSize(field: string, bytes: Uint8Array, max: number): void {
  if (bytes.length > max) throw invalidField(field, `must be at most ${max} bytes`, bytes.length);
}

export function subjectMatches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const parts = subject.split('.');
  const tail = wanted.at(-1) === '>';
  if (tail ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  return wanted.every((part, i) => part === '*' || part === '>' || part === parts[i]);
}
