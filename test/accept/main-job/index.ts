import { badValuesPoint } from './bad-values.js';
import { freshClonePoint, testCommandPoint } from './fresh-clone.js';
import { previewsPoint } from './previews.js';
import { refusedModelsPoint } from './refused-models.js';
import { repeatablePoint } from './repeatable.js';
import { stopsPoint } from './stops.js';

export const mainJob = [
  freshClonePoint,
  repeatablePoint,
  previewsPoint,
  stopsPoint,
  badValuesPoint,
  refusedModelsPoint,
  testCommandPoint,
] as const;
