import { badValuesPoint } from './bad-values.js';
import { freshClonePoint, testCommandPoint } from './fresh-clone.js';
import { goldensPoint } from './goldens.js';
import { overheadPoint } from './overhead.js';
import { previewsPoint } from './previews.js';
import { refusedModelsPoint } from './refused-models.js';
import { repeatablePoint } from './repeatable.js';
import { stopsPoint } from './stops.js';

export const mainJob = [
  freshClonePoint,
  repeatablePoint,
  goldensPoint,
  previewsPoint,
  stopsPoint,
  badValuesPoint,
  refusedModelsPoint,
  overheadPoint,
  testCommandPoint,
] as const;
