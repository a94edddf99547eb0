import { fairnessPoint } from './03-fairness.js';
import { cancelsPoint } from './04-cancels.js';
import { overloadPoint } from './05-overload.js';
import { slowViewersPoint } from './06-slow-viewers.js';
import { protectionsPoint } from './08-protections.js';

export const engine = [fairnessPoint, cancelsPoint, overloadPoint, slowViewersPoint, protectionsPoint] as const;
