import { cancelsPoint } from './04-cancels.js';
import { slowViewersPoint } from './06-slow-viewers.js';
import { protectionsPoint } from './08-protections.js';

export const engine = [cancelsPoint, slowViewersPoint, protectionsPoint] as const;
